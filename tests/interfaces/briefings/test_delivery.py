"""A briefing comes once a local day: over restarts, two processes, a death between any two steps, and the days on which clocks change."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from graph_schema.errors import InvalidInput
from ingestion.history.history import open_history
from interfaces.briefings.briefings import Briefings
from interfaces.notifications.book import read_book
from tests.interfaces.briefings.conftest import House

SIX = datetime(2026, 12, 1, 6, 0, tzinfo=UTC)  # 07:00 in Berlin


async def test_it_comes_by_mail_as_text_and_html_and_is_kept(house: House):
    house.clock.now = SIX - timedelta(minutes=1)
    assert await house.delivery().run() == 0
    house.clock.now = SIX
    assert await house.delivery().run() == 1
    (got,) = house.mail.got
    assert got["Subject"] == "Plant: briefing for the manager, Tuesday 1 December"
    plain, html = got.get_body(("plain",)), got.get_body(("html",))
    assert plain is not None
    assert html is not None
    for text in (plain.get_content(), html.get_content()):
        assert "Waits on you" in text
        assert "There is no meter with readings." in text
        assert "https://plant.example/briefings/2026-12-01?audience=manager" in text
    kept = await house.delivery().briefings.archive.of_day(date(2026, 12, 1), "manager", "cy")
    assert kept is not None
    assert (kept.state, kept.language) == ("sent", "en")


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        ("Europe/Berlin", [date(2026, 10, 24), date(2026, 10, 25), date(2026, 10, 26)]),
        ("Europe/Berlin", [date(2026, 3, 28), date(2026, 3, 29), date(2026, 3, 30)]),
        ("America/New_York", [date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 2)]),
        ("America/New_York", [date(2026, 3, 7), date(2026, 3, 8), date(2026, 3, 9)]),
    ],
)
@pytest.mark.parametrize("when", ["02:30", "07:00"])
async def test_clocks_that_change_bring_neither_two_nor_none(house: House, zone: str, days: list[date], when: str):
    """02:30 comes twice on one of these days, and not at all on the other."""
    house.zone = zone
    house.write(when)
    house.clock.now = datetime.combine(days[0], datetime.min.time(), ZoneInfo(zone)).astimezone(UTC)
    delivery, sent = house.delivery(), 0
    while house.clock.now.astimezone(ZoneInfo(zone)).date() <= days[-1]:
        sent += await delivery.run()
        house.clock.forward(minutes=90)
    rows = await house.history.fetch("select day from briefing order by day")
    assert [row["day"] for row in rows] == days
    assert sent == len(house.mail.got) == 3


async def test_each_reads_it_in_their_own_language_and_morning(house: House):
    house.write(to="role manager")
    house.clock.now = SIX
    assert await house.delivery().run() == 1
    house.clock.now = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)  # 07:00 in New York
    assert await house.delivery().run() == 1
    assert [one["Subject"].partition(":")[2].split()[0] for one in house.mail.got] == ["briefing", "Tagesbericht"]


async def test_two_processes_at_once_send_one(house: House, postgres_dsn: str):
    house.clock.now = SIX
    async with open_history(postgres_dsn) as other:
        taken = await asyncio.gather(*(house.delivery(one).run() for one in (house.history, other) * 3))
    assert (sum(taken), len(house.mail.got)) == (1, 1)


async def test_who_dies_after_it_was_made_or_while_it_is_sent_loses_nothing(house: House):
    house.clock.now = SIX
    delivery = house.delivery()
    briefings: Briefings = delivery.briefings
    house.mail.answer = "451 not now"
    assert await delivery.run() == 0  # made and kept, and the mail server is away
    house.mail.answer = "250 taken"
    house.clock.forward(seconds=31)
    claimed = await briefings.archive.claim(house.clock.now)  # the process dies with it in its hands
    assert claimed is not None
    assert await house.delivery().run() == 0
    house.clock.forward(minutes=3)
    assert await house.delivery().run() == 1
    house.clock.forward(minutes=3)
    assert await house.delivery().run() == 0
    (got,) = house.mail.got
    plain = got.get_body(("plain",))
    assert plain is not None
    assert "(This may have come before.)" in plain.get_content()


async def test_the_next_day_says_what_changed(house: House):
    house.clock.now = SIX
    await house.delivery().run()
    house.clock.forward(days=1)
    await house.delivery().run()
    kept = await house.delivery().briefings.archive.of_day(date(2026, 12, 2), "manager", "cy")
    assert kept is not None
    changed = kept.briefing.section("changed")
    assert changed is not None
    assert (changed.lines, changed.missing) == ([], [])


async def test_what_is_half_a_day_late_is_not_sent_and_a_book_says_what_is_wrong(house: House):
    house.clock.now = SIX + timedelta(hours=12)
    assert await house.delivery().run() == 0
    house.write("7 o'clock")
    with pytest.raises(InvalidInput, match=r"briefings.manager.at: .* is no time of day"):
        read_book(house.folder / "notify.yaml", {})
    house.write(to="assignee")
    with pytest.raises(InvalidInput, match="no work of somebody"):
        read_book(house.folder / "notify.yaml", {})
    house.write(to="eve")
    with pytest.raises(InvalidInput, match="there is no person “eve”"):
        read_book(house.folder / "notify.yaml", {})
