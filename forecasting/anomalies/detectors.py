"""All detectors that suit an asset, side by side, on what it read of late against what it read while it was sound."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from forecasting.anomalies.machine.zones import VIBRATION, Allowed, judge_vibration
from forecasting.anomalies.residuals import Expectation, learn
from forecasting.anomalies.rules import air_handler, chiller, pump, terminal
from forecasting.anomalies.sensor_faults import judge_following, judge_silence, judge_stuck
from forecasting.anomalies.siblings import Likeness, Siblings, judge_level, judge_rest, until
from forecasting.anomalies.verdict import State, Verdict, Window, cannot_tell, plain
from forecasting.series import DAY_S, NotEnoughData, Series

RECENT_DAYS = 14  # what begins within these is seen as new; what is older may be learned from
_DAYS_OF_A_WINDOW = 2
_DAYS_OF_A_REST = 6
_SOUND_DAYS = 35  # of which a handler's own transients are taken
_AT_ONCE = 1.5  # times its limit
_QUIET = timedelta(hours=1)
_RUNNING = ("run_status", "speed")
_NOT_MEASURED = ("_status", "_setpoint", "_command", "_count")

SILENCE, REST = "silence of ", "rest of "
_FROZEN = 2  # signals, all of which rest

Judge = Callable[[Window], Verdict]


@dataclass(frozen=True, slots=True)
class Looked:
    """An asset as the detectors see it. ``rules`` is their name; ``learned`` is from weeks in which it was sound (NaN where it was not),
    ``recent`` ends now; both share names and step. ``own`` are the names of its own points."""

    expectations: tuple[Expectation, ...]
    rules: str | None
    learned: Window
    recent: Window
    own: tuple[str, ...]
    vibration: Allowed | None = None
    """What its vibration is judged by, where it reads any."""
    kin: Siblings | None = None
    siblings: tuple[Window, ...] = ()
    """What it is compared by with the others of its kind, and what they read; all end when ``recent`` does."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one detector says now, and for how many seconds it has said so at each daily look back."""

    detector: str
    verdict: Verdict
    lasted_s: int = 0

    @property
    def state(self) -> State:
        """What is just beyond its limit counts when it is so for a second day."""
        if self.verdict.state == "flagged" and not self.lasted_s and (self.verdict.score or 0.0) < _AT_ONCE:
            return "sound"
        return self.verdict.state


def is_measured(name: str) -> bool:
    """Whether what a point of this name reads goes up and down by itself."""
    return not name.endswith(_NOT_MEASURED)


def look(looked: Looked) -> list[Finding]:
    """One finding of each detector that suits the asset, those that cannot tell among them. Siblings are asked where its own past cannot tell.

    Where everything that it reads stands still at once, its device repeats itself: nothing else is told of it.
    """
    found = [_lasting(name, judge, looked.recent) for name, judge in _detectors(looked)]
    told = {one.detector for one in found if one.state != "cannot tell"}
    found += [_lasting(name, judge, looked.recent) for name, judge in _among_siblings(looked, told)]
    return [_of_a_frozen_device(one) for one in found] if _is_frozen(found) else found


def is_of_the_machine(finding: Finding) -> bool:
    """Whether it says something of the machine, and not of how its sensors and their device report."""
    return not finding.detector.startswith((SILENCE, REST))


def _is_frozen(found: Sequence[Finding]) -> bool:
    resting = [one.state for one in found if one.detector.startswith(REST) and one.state != "cannot tell"]
    return len(resting) >= _FROZEN and set(resting) == {"flagged"}


def _of_a_frozen_device(finding: Finding) -> Finding:
    if not is_of_the_machine(finding):
        return finding
    return Finding(
        finding.detector, cannot_tell("everything that it reads stands still, as of a device that repeats itself")
    )


def _lasting(name: str, judge: Judge, recent: Window) -> Finding:
    """Looks back day by day to see how long it has been so; a day of which it cannot be told does not end it."""
    now = judge(recent)
    if now.state != "flagged":
        return Finding(name, now)
    lasted = 0
    for days in range(1, RECENT_DAYS):
        earlier = judge({key: one.before(one.end_s - days * DAY_S) for key, one in recent.items()})
        if earlier.state == "sound":
            break
        if earlier.state == "flagged":
            lasted = days * DAY_S
    return Finding(name, now, lasted)


def _detectors(looked: Looked) -> Iterator[tuple[str, Judge]]:
    for expectation in looked.expectations:
        if expectation.signal in looked.recent:
            judge = _own_past(expectation, looked.learned)
            yield (
                f"own past of {expectation.signal}",
                _heard(judge, expectation.needed, looked.learned, _DAYS_OF_A_WINDOW),
            )
    for name, judge in _rules(looked):
        yield name, _heard(judge, INPUTS[looked.rules or ""], looked.learned)
    if (allowed := looked.vibration) is not None:
        judge = _vibration(allowed)
        yield "zone of vibration", _heard(judge, (VIBRATION, *_RUNNING), looked.learned)
    for name in looked.own:
        if (command := f"{name}_command") in looked.recent:
            yield f"following of {name}", _heard(_following(name), (name, command), looked.learned)
        yield f"{SILENCE}{name}", _silence(name, looked.learned)
        if is_measured(name):
            yield f"{REST}{name}", _rest(name, looked.learned)


INPUTS: Mapping[str, tuple[str, ...]] = {
    "AHU": air_handler.INPUTS,
    "Chiller": chiller.INPUTS,
    "Pump": pump.INPUTS,
    "Terminal_Unit": terminal.INPUTS,
}
"""What the rules of a kind of asset look at, where it is read."""


def _heard(judge: Judge, inputs: Sequence[str], learned: Window, days: int = 1) -> Judge:
    """Abstains where one of its inputs was not heard of for longer than is usual within the days that it judges: what is left of them might
    make a machine look as it is not."""

    def judged(recent: Window) -> Verdict:
        newest = _last_days(recent, days)
        lost = [name for name in inputs if name in newest and _longest_gap(newest[name]) > _usual_gap(name, learned)]
        if lost:
            return cannot_tell(
                f"communication was lost: {' and '.join(map(plain, lost))} was not read all the time", lost
            )
        return judge(recent)

    return judged


def _longest_gap(series: Series) -> timedelta:
    known = np.flatnonzero(np.isfinite(series.values))
    edges = np.concatenate([[-1], known, [len(series)]])
    return timedelta(seconds=int(np.diff(edges).max() - 1) * series.step_s)


def _vibration(allowed: Allowed) -> Judge:
    return lambda recent: judge_vibration(_last_days(recent, 1), allowed)


def _own_past(expectation: Expectation, learned: Window) -> Judge:
    lacking = [name for name in expectation.needed if name not in learned]
    if lacking:
        return _never(cannot_tell(f"there is no reading of {', '.join(lacking)}", lacking))
    try:
        model = learn(expectation, [learned])
    except NotEnoughData as error:
        return _never(cannot_tell(str(error), expectation.needed))
    return lambda recent: model.judge(_last_days(recent, _DAYS_OF_A_WINDOW))


def _rules(looked: Looked) -> Iterator[tuple[str, Judge]]:
    if looked.rules == "AHU":
        allowances = _handler_allowances(looked.learned)
        yield (
            "rules of air handlers",
            lambda recent: air_handler.judge_air_handler(_last_days(recent, 1), allowances),
        )
    elif looked.rules == "Chiller":
        allowed = chiller.usual_allowances(looked.learned)
        yield "rules of chillers", lambda recent: chiller.judge_chiller(_last_days(recent, 1), allowances=allowed)
    elif looked.rules == "Pump":
        yield "rules of pumps", _pump(looked.learned)
    elif looked.rules == "Terminal_Unit":
        usual = terminal.usual_allowances(looked.learned)
        yield "rules of terminal units", lambda recent: terminal.judge_terminal(_last_days(recent, 1), usual)


def _among_siblings(looked: Looked, told: Collection[str]) -> Iterator[tuple[str, Judge]]:
    if looked.kin is None:
        return
    for alike in looked.kin.alike:
        if alike.signal in looked.recent and f"own past of {alike.signal}" not in told:
            yield (
                f"siblings of {alike.signal}",
                _heard(_level(alike, looked.siblings), alike.needed, looked.learned),
            )
    for name in looked.kin.moving:
        if name in looked.recent and f"{REST}{name}" not in told:
            yield f"{REST}{name} among siblings", _rest_among(name, looked.siblings)


def _level(alike: Likeness, siblings: Sequence[Window]) -> Judge:
    return lambda recent: judge_level(alike, recent, until(siblings, recent[alike.signal].end_s))


def _rest_among(name: str, siblings: Sequence[Window]) -> Judge:
    return lambda recent: judge_rest(name, recent, until(siblings, recent[name].end_s))


def _handler_allowances(learned: Window) -> air_handler.Allowances:
    """A handler whose start-up breaks rules for longer than the standard's delay gets a longer one."""
    usual = air_handler.Allowances()
    longest = air_handler.longest_breach_s(_last_days(learned, _SOUND_DAYS)) if learned else 0.0
    return replace(usual, alarm_delay_s=max(usual.alarm_delay_s, round(2 * longest)))


def _pump(learned: Window) -> Judge:
    if pump.RUNS not in learned:
        return _never(cannot_tell("whether it runs is not read", [pump.RUNS]))
    try:
        duty = pump.duty_of(learned)
    except NotEnoughData as error:
        return _never(cannot_tell(str(error), [pump.FLOW, pump.HEAD, pump.SPEED]))
    return lambda recent: pump.judge_pump(_last_days(recent, 1), duty)


def _following(name: str) -> Judge:
    return lambda recent: judge_following(recent, name, f"{name}_command")


def _silence(name: str, learned: Window) -> Judge:
    longest = _usual_gap(name, learned)
    return lambda recent: judge_silence(recent[name], name, longest=longest)


def _usual_gap(name: str, learned: Window) -> timedelta:
    """What is read once a day is not silent after an hour: twice the longest usual gap is."""
    if name not in learned:
        return _QUIET
    known = np.flatnonzero(np.isfinite(learned[name].values))
    if len(known) < 2:
        return _QUIET
    usual = float(np.quantile(np.diff(known), 0.999)) * learned[name].step_s
    return max(_QUIET, timedelta(seconds=2 * usual))


def _rest(name: str, learned: Window) -> Judge:
    if name not in learned:
        return _never(cannot_tell(f"there is no earlier reading of {name}", [name]))
    return lambda recent: judge_stuck(_last_days(recent, _DAYS_OF_A_REST)[name], name, learned[name])


def _never(verdict: Verdict) -> Judge:
    return lambda recent: verdict


def _last_days(window: Window, days: int) -> Mapping[str, Series]:
    return {name: one.last(days * DAY_S // one.step_s) for name, one in window.items()}
