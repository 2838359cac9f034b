"""Every figure of a briefing is what the record and the graph say, by statements of this file's own; three seeds draw the record."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.tools.briefing.conftest import NOW, ZONE, Drawn
from tools.briefing.asking import Wanted
from tools.briefing.briefing import Briefing, Line, SectionName
from tools.briefing.making import make
from tools.briefing.wording import BriefingWords

DAY = date(2026, 3, 2)
START = datetime.combine(DAY - timedelta(days=1), time(7), ZoneInfo(ZONE)).astimezone(UTC)


async def made(drawn: Drawn) -> Briefing:
    return await make(drawn.registry, drawn.context, Wanted(DAY, "manager"))


def line(briefing: Briefing, section: SectionName, what: str) -> Line | None:
    found = briefing.section(section)
    assert found is not None
    return next((one for one in found.lines if one.what == what), None)


def figures(briefing: Briefing, section: SectionName, what: str) -> dict[str, float]:
    found = line(briefing, section, what)
    return {} if found is None else dict(found.counts)


async def row(drawn: Drawn, sql: str) -> dict[str, float]:
    (found,) = await drawn.history.fetch(sql, {"now": NOW, "start": START, "soon": NOW + timedelta(days=7), "month": NOW - timedelta(days=30)})  # fmt: skip
    return {key: value for key, value in found.items() if value is not None}


async def test_every_figure_of_a_briefing_is_what_the_record_says(drawn: Drawn):
    briefing = await made(drawn)
    assert (briefing.window.start, briefing.window.end, briefing.site) == (START, NOW, "Riverside Campus")

    assert figures(briefing, "waiting", "approvals") == await row(drawn, "select count(*)::float as count from proposal where state = 'proposed' and approvers && '{viewer,technician,manager}'")  # fmt: skip
    assert figures(briefing, "waiting", "alarms") == await row(drawn, "select count(distinct point)::float as count from alarm where acknowledged_at is null")  # fmt: skip
    own = await row(drawn, "select count(*)::float as count, count(*) filter (where due_at < %(now)s)::float as overdue from work_order where closed_at is null and lower(assignee) = 'ann'")  # fmt: skip
    assert figures(briefing, "waiting", "own_orders") == (own if own["count"] else {})

    overnight = await row(
        drawn,
        """select count(*) filter (where raised_at >= %(start)s)::float as raised, count(*) filter (where raised_at >= %(start)s)::float as count,
        count(*) filter (where cleared_at >= %(start)s)::float as cleared, count(*) filter (where cleared_at is null)::float as active
        from alarm where raised_at < %(now)s and (cleared_at is null or cleared_at >= %(start)s)""",
    )
    assert figures(briefing, "overnight", "alarms") == overnight
    incidents = await row(drawn, "select count(*)::float as count from incident where merged_into is null and (closed_at is null or closed_at >= %(start)s)")  # fmt: skip
    assert figures(briefing, "overnight", "incidents") == (incidents if incidents["count"] else {})
    orders = await row(
        drawn,
        """select count(*) filter (where opened_at >= %(start)s)::float as opened, count(*) filter (where closed_at >= %(start)s)::float as closed
        from work_order""",
    )
    assert figures(briefing, "overnight", "orders") == (orders if any(orders.values()) else {})

    notes = await row(drawn, "select count(*)::float as count from note where at >= %(start)s and at < %(now)s")
    assert figures(briefing, "overnight", "notes") == (notes if notes["count"] else {})

    work = await row(
        drawn,
        """select count(*)::float as count, count(*) filter (where due_at < %(now)s)::float as overdue,
        count(*) filter (where due_at >= %(now)s and due_at < %(soon)s)::float as soon from work_order where closed_at is null""",
    )
    assert figures(briefing, "work", "open") == work
    held = await row(drawn, "select count(*)::float as count from work_order where status = 'on_hold'")
    assert figures(briefing, "work", "blocked") == (held if held["count"] else {})

    models = await row(
        drawn,
        """select count(*)::float as count, count(*) filter (where came = 'false alarm')::float as false_alarms,
        round(100.0 * count(*) filter (where came in ('came', 'mended')) / nullif(count(came), 0), 1)::float as precision
        from forecasting.told where flagged and at >= %(month)s""",
    )
    assert figures(briefing, "health", "models") == models


async def test_what_is_at_risk_and_silent_is_what_the_graph_says(drawn: Drawn):
    briefing = await made(drawn)
    rows = await drawn.graph.read(
        "match (a:Asset)-[:HAS_POINT]->(p:Point) where p.status in ['alarm', 'warning', 'stale'] return distinct a.id as asset"
    )
    faulty = {one["asset"] for one in rows}
    at_risk = line(briefing, "risks", "at_risk")
    assert at_risk is not None
    whole = {
        one["id"]
        for one in await drawn.graph.read(
            "match (w:Asset)-[:HAS_PART*0..3]->(a:Asset) where a.id in $ids and not exists { match (o:Asset)-[:HAS_PART]->(w) where not o.class ends with 'System' and not o.class ends with 'Loop' } return distinct w.id as id",
            ids=sorted(faulty),
        )
    }
    assert set(at_risk.ids) <= faulty | whole
    assert at_risk.counts["count"] == len(set(at_risk.ids)) >= 3
    silent = await drawn.graph.read("match (p:Point) where p.status = 'stale' return count(p) as silent")
    assert figures(briefing, "health", "data")["silent"] == silent[0]["silent"]


async def test_energy_and_comfort_are_what_the_readings_say(drawn: Drawn):
    """Electricity by the counter's readings at the two midnights; comfort by hourly means against the set point ± 1 K."""
    briefing = await made(drawn)
    midnight = datetime.combine(DAY, time(), ZoneInfo(ZONE))
    used = await drawn.history.fetch(
        """with counter as (select r.at, r.value from reading r join series s on s.id = r.series where s.source = %(source)s)
        select (select value from counter where at <= %(end)s order by at desc limit 1)
             - (select value from counter where at <= %(start)s order by at desc limit 1) as used""",
        {
            "source": await source(drawn, "meter-campus/electric_energy"),
            "start": midnight - timedelta(days=1),
            "end": midnight,
        },
    )
    assert figures(briefing, "energy", "used")["used"] == pytest.approx(used[0]["used"], rel=0.01)
    assert [one.why for one in briefing.section("energy").missing] == ["no_expectation"]  # pyright: ignore[reportOptionalMemberAccess]

    zones = await drawn.graph.read(
        "match (a:Asset)-[:HAS_POINT]->(t:Point {quantity: 'zone_air_temperature'}), (a)-[:HAS_POINT]->(s:Point {quantity: 'zone_air_temperature_setpoint'}) return t.source as measured, s.source as set"
    )
    hours = await drawn.history.fetch(
        """with means as (
            select s.source, date_trunc('hour', r.at) as hour, avg(r.value) as mean from reading r join series s on s.id = r.series
            where r.at >= %(start)s and r.at < %(now)s group by 1, 2
        ) select z.m, count(*)::int as hours, (count(*) filter (where abs(t.mean - p.mean) <= 1.0))::int as within
        from unnest(%(measured)s::text[], %(set)s::text[]) as z (m, s)
        join means t on t.source = z.m join means p on p.source = z.s and p.hour = t.hour group by z.m""",
        {"start": START, "now": NOW, "measured": [one["measured"] for one in zones], "set": [one["set"] for one in zones]},
    )  # fmt: skip
    told = figures(briefing, "comfort", "judged")
    assert told["zones"] == len(hours) == 24
    share = 100 * sum(one["within"] for one in hours) / sum(one["hours"] for one in hours)
    assert told["percent"] == pytest.approx(share, abs=1.5)


async def source(drawn: Drawn, point: str) -> str:
    (found,) = await drawn.graph.read("match (p:Point {id: $id}) return p.source as source", id=point)
    return found["source"]


async def test_every_figure_says_where_it_comes_from_and_a_minute_is_enough(drawn: Drawn):
    briefing = await made(drawn)
    for section in briefing.sections:
        for one in (*section.lines, *section.missing):
            assert briefing.sources[one.source].evidence, one
    for language in ("en", "de", "es"):
        text = BriefingWords(language).text(briefing)
        read = [one for one in text.split() if re.search(r"[^\W\d_]", one)]
        assert len(read) <= 220, text
    assert Briefing.model_validate_json(briefing.model_dump_json()) == briefing


async def test_a_place_narrows_it_and_a_day_that_is_over_says_what_it_cannot(drawn: Drawn):
    whole = await made(drawn)
    part = await make(drawn.registry, drawn.context, Wanted(DAY, "manager", place="Main Building"))
    assert part.site == "Main Building"
    assert figures(part, "energy", "used")["used"] < figures(whole, "energy", "used")["used"]
    assert figures(part, "comfort", "judged")["zones"] == 18
    past = await make(drawn.registry, drawn.context, Wanted(DAY - timedelta(days=1), "technician"))
    missing = {one.name: [m.why for m in one.missing] for one in past.sections}
    assert missing["waiting"] == missing["risks"] == missing["work"] == ["past"]
    assert missing["overnight"] == []
    assert past.section("energy") is None
