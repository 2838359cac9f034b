"""One outlook of what detectors say and of what is ahead of the limits."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from forecasting.anomalies.detectors import Finding
from forecasting.anomalies.verdict import State, cannot_tell, flagged, sound
from forecasting.outlook import Outlook
from forecasting.outlook_merge import certainty, with_findings

NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
DAY = 86_400
POINTS = {"vibration": ("v",), "fan.speed": ("s",)}
NOTHING = ("no point has a limit",)


def ahead(state: State, **changes: object) -> Outlook:
    probability = None if state == "cannot tell" else 0.03
    known = Outlook(
        "f",
        state,
        probability,
        30,
        None,
        None,
        None,
        None,
        None,
        NOTHING if probability is None else (),
        (),
        "slow change 1",
        NOW,
    )
    return replace(known, **changes)


def shaking(score: float = 2.5, lasted_s: int = 3 * DAY) -> Finding:
    return Finding(
        "own past of vibration", flagged(score, ["vibration is 4 mm/s"], ["vibration", "fan.speed"]), lasted_s
    )


def test_what_is_wrong_is_said_with_since_when_and_how_sure_and_no_chance_that_rests_on_the_past():
    unread = Finding("own past of speed", cannot_tell("there is no reading of speed"))
    outlook = with_findings(ahead("sound"), [Finding("rest of speed", sound(0.2)), shaking(), unread], POINTS, NOW)
    assert (outlook.state, outlook.probability, outlook.certainty) == ("flagged", None, "certain")
    assert outlook.since == NOW - timedelta(days=3)
    assert outlook.reasons == ("vibration is 4 mm/s, and has been so for 3 days",)
    assert outlook.points == ("v", "s")
    assert outlook.unknown == ("own past of speed: there is no reading of speed",)


def test_wear_towards_a_limit_keeps_its_chance_and_the_earlier_beginning():
    began = NOW - timedelta(days=9)
    wearing = ahead("flagged", probability=0.9, reasons=("vibration rises",), points=("v",), since=began)
    outlook = with_findings(wearing, [shaking()], POINTS, NOW)
    assert (outlook.probability, outlook.since, outlook.points) == (0.9, began, ("v", "s"))
    assert outlook.reasons[0] == "vibration rises"
    assert len(outlook.reasons) == 2


def test_sound_is_what_any_check_could_tell_and_cannot_tell_what_none_could():
    none = cannot_tell("it did not run")
    told = with_findings(ahead("cannot tell"), [Finding("a", none), Finding("b", sound())], POINTS, NOW)
    assert (told.state, told.probability, told.reasons) == ("sound", None, ())
    assert told.unknown == (*NOTHING, "a: it did not run")
    untold = with_findings(ahead("cannot tell"), [Finding("a", none)], POINTS, NOW)
    assert (untold.state, untold.reasons, untold.unknown) == ("cannot tell", NOTHING, ("a: it did not run",))


@pytest.mark.parametrize(
    ("findings", "sure"),
    [
        ([shaking(1.6, 0)], "possible"),
        ([shaking(1.1)], "likely"),
        ([shaking(2.5, 0)], "likely"),
        ([shaking(1.2, 0), shaking(1.2, 0)], "likely"),
        ([shaking(2.5)], "certain"),
        ([Finding("silence of speed", flagged(6, ["quiet"], ["speed"]))], "certain"),
    ],
)
def test_how_sure_it_is_depends_on_distance_time_and_how_many_say_so(findings: list[Finding], sure: str):
    assert certainty(findings) == sure


def test_what_is_just_beyond_its_limit_once_is_not_flagged_yet():
    assert shaking(1.1, 0).state == "sound"
    assert shaking(1.1, DAY).state == "flagged"
    assert shaking(1.6, 0).state == "flagged"
