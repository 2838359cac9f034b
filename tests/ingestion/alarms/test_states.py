"""The states of an alarm: each step as ISA-18.2 has it, and any sequence of acts against a plain model."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from graph_schema.errors import InvalidInput
from ingestion.alarms.states import ACTS, LONGEST_SHELF, Act, Standing, State, cleared, done, raised

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)
ACTIVE, KNOWN = Standing(active=True, acknowledged=False), Standing(active=True)
RETURNED = Standing(acknowledged=False)


def seen(before: Standing) -> Standing:
    return done(before, "acknowledged", NOW)


def test_an_alarm_goes_through_the_states_of_isa_18_2():
    one = Standing()
    states = [one.state]
    for step in (raised, seen, cleared, raised, cleared, raised, cleared):
        one = step(one)
        states.append(one.state)
    states.append(done(one, "acknowledged", NOW).state)
    assert states == [
        "normal", "unacknowledged", "acknowledged", "normal", "unacknowledged", "returned unacknowledged", "unacknowledged",
        "returned unacknowledged", "normal",
    ]  # fmt: skip


@pytest.mark.parametrize("below", [ACTIVE, KNOWN, RETURNED, Standing()])
def test_a_shelf_hides_what_is_below_until_its_end(below: Standing):
    shelved = done(below, "shelved", NOW, NOW + HOUR)
    assert shelved.at(NOW + HOUR - timedelta(seconds=1)).state == "shelved"
    assert shelved.at(NOW + HOUR) == below


def test_what_happens_below_a_hold_shows_when_it_ends():
    away = done(Standing(), "out_of_service", NOW)
    assert (raised(away).state, done(raised(away), "in_service", NOW).state) == ("out of service", "unacknowledged")


@pytest.mark.parametrize(
    ("before", "act", "until", "said"),
    [
        (KNOWN, "acknowledged", None, "acknowledged already"),
        (Standing(), "acknowledged", None, "no alarm to acknowledge"),
        (ACTIVE, "unshelved", None, "not shelved; it is unacknowledged"),
        (ACTIVE, "shelved", None, "needs its end"),
        (ACTIVE, "acknowledged", NOW + HOUR, "nothing else has one"),
        (ACTIVE, "shelved", NOW, "within 14 days"),
        (ACTIVE, "shelved", NOW + LONGEST_SHELF + HOUR, "within 14 days"),
        (Standing(hold="out of service"), "shelved", NOW + HOUR, "out of service already"),
        (Standing(hold="suppressed by design"), "suppressed", None, "suppressed by design already"),
        (Standing(hold="shelved", until=NOW), "unshelved", None, "not shelved"),
    ],
)
def test_what_cannot_be_done_is_said(before: Standing, act: Act, until: datetime | None, said: str):
    with pytest.raises(InvalidInput, match=said):
        done(before, act, NOW, until)


@dataclass
class Plain:
    """The same, in words: a list of the holds that began and have not ended, and two flags."""

    beyond: bool = False
    seen: bool = True
    shelf_ends: int | None = None
    designed: bool = False
    away: bool = False

    def state(self, minute: int) -> State:
        if self.away:
            return "out of service"
        if self.designed:
            return "suppressed by design"
        if self.shelf_ends is not None and minute < self.shelf_ends:
            return "shelved"
        names: dict[tuple[bool, bool], State] = {
            (True, False): "unacknowledged", (True, True): "acknowledged", (False, False): "returned unacknowledged",
            (False, True): "normal",
        }  # fmt: skip
        return names[self.beyond, self.seen]

    def does(self, act: Act, minute: int, ends: int) -> bool:
        """Whether it could be done."""
        state = self.state(minute)
        match act:
            case "acknowledged":
                could, self.seen = not self.seen, True
            case "shelved":
                could = not (self.away or self.designed) and minute < ends
                self.shelf_ends = ends if could else self.shelf_ends
            case "unshelved":
                could = state == "shelved"
                self.shelf_ends = None if could else self.shelf_ends
            case "suppressed":
                could = not (self.away or self.designed)
                self.designed |= could
            case "unsuppressed":
                could, self.designed = state == "suppressed by design", self.designed and self.away
            case "out_of_service":
                could, self.away = not self.away, True
            case "in_service":
                could, self.away = self.away, False
        if could and act in ("suppressed", "out_of_service"):
            self.shelf_ends = None  # the stronger hold takes the place of the weaker one
            self.designed &= act == "suppressed"
        return could


class Acts(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.minute, self.one, self.plain = 0, Standing(), Plain()

    @rule(minutes=st.integers(1, 40))
    def time_goes_by(self, minutes: int) -> None:
        self.minute += minutes

    @rule()
    def it_goes_beyond(self) -> None:
        self.one = raised(self.one)
        self.plain.beyond, self.plain.seen = True, False

    @rule()
    def it_comes_back(self) -> None:
        self.one = cleared(self.one)
        self.plain.beyond = False

    @rule(act=st.sampled_from(ACTS), minutes=st.integers(-5, 60))
    def somebody_acts(self, act: Act, minutes: int) -> None:
        ends = self.minute + minutes
        until = NOW + timedelta(minutes=ends) if act == "shelved" else None
        could = self.plain.does(act, self.minute, ends)
        try:
            self.one = done(self.one, act, NOW + timedelta(minutes=self.minute), until)
        except InvalidInput:
            assert not could
        else:
            assert could

    @invariant()
    def both_say_the_same(self) -> None:
        assert self.one.at(NOW + timedelta(minutes=self.minute)).state == self.plain.state(self.minute)


TestActs = Acts.TestCase
TestActs.settings = settings(max_examples=200, stateful_step_count=30, deadline=None)
