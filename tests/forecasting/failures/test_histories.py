"""The past of every asset from work orders: when it was watched, when it was as good as new, and what was noticed."""

from datetime import UTC, date, datetime, timedelta

from forecasting.failures.histories import ALARM, OTHER_WORK, Kept, days_of, pasts
from forecasting.failures.labels import ClosedOrder
from forecasting.failures.renewal_intervals import at_risk, known_at

DAY0 = datetime(2026, 1, 1, tzinfo=UTC)


def day(number: float) -> datetime:
    return DAY0 + timedelta(days=number)


def at(number: float) -> float:
    return days_of(day(number))


ORDERS = [
    ClosedOrder("p-1", day(0), True, "MT001"),  # planned work was kept earlier than failures were
    ClosedOrder("p-2", day(20), False, "MT002"),
    ClosedOrder("p-1", day(52), False, "VIB", failed_at=day(50)),
    ClosedOrder("p-1", day(80), True, "Replacement"),
    ClosedOrder("p-2", day(90), False, "who knows"),
]
ASSETS = [Kept("p-1", "Pump"), Kept("p-2", "Pump", date(2025, 1, 1)), Kept("p-3", "Pump")]


def test_everything_was_watched_from_the_first_unplanned_order_to_the_newest():
    found = pasts(ASSETS, ORDERS, {})
    assert {(past.since_days, past.until_days) for past in found.values()} == {(at(20), at(90))}
    assert found["p-1"].renewals == [at(20), at(52), at(80)]
    assert found["p-1"].failures == [at(50)]
    assert found["p-2"].renewals == [days_of(datetime(2025, 1, 1, tzinfo=UTC))]
    assert found["p-2"].events[OTHER_WORK] == [at(20), at(90)]
    assert found["p-3"].failures == []
    assert pasts(ASSETS, ORDERS[:1], {}) == {}


def test_a_asset_that_has_failed_is_at_risk_again_once_it_is_repaired():
    past = pasts(ASSETS, ORDERS, {})["p-1"]
    assert [at_risk(past, at(when)) for when in (10, 40, 51, 53)] == [False, True, False, True]


def test_alarms_count_from_when_any_was_noticed():
    past = pasts(ASSETS, ORDERS, {"p-3": [day(30)], "p-1": [day(45)]})["p-1"]
    assert f"recent {ALARM}" not in known_at(past, at(36))
    assert known_at(past, at(46))[f"recent {ALARM}"] == 1
