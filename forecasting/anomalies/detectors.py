"""All detectors that suit an asset, side by side, on what it read of late against what it read while it was sound."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from forecasting.anomalies.machine.zones import Allowed, judge_vibration
from forecasting.anomalies.residuals import Expectation, learn
from forecasting.anomalies.rules import air_handler, chiller, pump, terminal
from forecasting.anomalies.sensor_faults import judge_following, judge_silence, judge_stuck
from forecasting.anomalies.siblings import Likeness, Siblings, judge_level, judge_rest, until
from forecasting.anomalies.verdict import State, Verdict, Window, cannot_tell
from forecasting.series import DAY_S, NotEnoughData, Series

RECENT_DAYS = 14  # what begins within these is seen as new; what is older may be learned from
_DAYS_OF_A_WINDOW = 2
_DAYS_OF_A_REST = 6
_SOUND_DAYS = 35  # of which a handler's own transients are taken
_AT_ONCE = 1.5  # times its limit
_QUIET = timedelta(hours=1)
_NOT_MEASURED = ("_status", "_setpoint", "_command", "_count")

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
    """One finding of each detector that suits the asset, those that cannot tell among them. Siblings are asked where its own past cannot tell."""
    found = [_lasting(name, judge, looked.recent) for name, judge in _detectors(looked)]
    told = {one.detector for one in found if one.state != "cannot tell"}
    return [*found, *(_lasting(name, judge, looked.recent) for name, judge in _among_siblings(looked, told))]


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
            yield f"own past of {expectation.signal}", _own_past(expectation, looked.learned)
    yield from _rules(looked)
    if (allowed := looked.vibration) is not None:
        yield "zone of vibration", lambda recent: judge_vibration(_last_days(recent, 1), allowed)
    for name in looked.own:
        if f"{name}_command" in looked.recent:
            yield f"following of {name}", _following(name)
        yield f"silence of {name}", _silence(name, looked.learned)
        if is_measured(name):
            yield f"rest of {name}", _rest(name, looked.learned)


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
            yield f"siblings of {alike.signal}", _level(alike, looked.siblings)
    for name in looked.kin.moving:
        if name in looked.recent and f"rest of {name}" not in told:
            yield f"rest of {name} among siblings", _rest_among(name, looked.siblings)


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
    """What is read once a day is not silent after an hour: twice the longest usual gap is."""
    longest = _QUIET
    if name in learned:
        known = np.flatnonzero(np.isfinite(learned[name].values))
        if len(known) > 1:
            usual = float(np.quantile(np.diff(known), 0.999)) * learned[name].step_s
            longest = max(longest, timedelta(seconds=2 * usual))
    return lambda recent: judge_silence(recent[name], name, longest=longest)


def _rest(name: str, learned: Window) -> Judge:
    if name not in learned:
        return _never(cannot_tell(f"there is no earlier reading of {name}", [name]))
    return lambda recent: judge_stuck(_last_days(recent, _DAYS_OF_A_REST)[name], name, learned[name])


def _never(verdict: Verdict) -> Judge:
    return lambda recent: verdict


def _last_days(window: Window, days: int) -> Mapping[str, Series]:
    return {name: one.last(days * DAY_S // one.step_s) for name, one in window.items()}
