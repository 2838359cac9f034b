"""Whoever follows the stream is told when something comes to be wrong with an asset, and when it no longer is."""

from dataclasses import replace
from datetime import UTC, datetime

from forecasting.jobs.asset_outlooks import changes_of
from forecasting.outlook import Outlook

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
FLAGGED = Outlook(
    "chwp-2", "flagged", 0.9, 30, NOW, None, None, "Bearing wear", None, (), (), "drift 3", NOW, NOW, "likely"
)
SOUND = replace(FLAGGED, state="sound", probability=0.01, expected_at=None, mode=None)


def test_only_what_is_different_is_told():
    assert changes_of({}, [SOUND], NOW) == []
    (flagged,) = changes_of({"chwp-2": SOUND}, [FLAGGED], NOW)
    assert (flagged.kind, flagged.subject, flagged.data["mode"]) == ("outlook.flagged", "chwp-2", "Bearing wear")
    assert [one.kind for one in changes_of({}, [FLAGGED], NOW)] == ["outlook.flagged"]
    assert changes_of({"chwp-2": FLAGGED}, [replace(FLAGGED, probability=0.95)], NOW) == []
    assert [one.kind for one in changes_of({"chwp-2": FLAGGED}, [SOUND], NOW)] == ["outlook.cleared"]
