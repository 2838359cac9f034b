"""A crew's plan as a calendar (iCalendar, RFC 5545), for whatever phone or program it is read with. Needs the extra ``plans``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from tools.maintenance.model import Problem, Schedule


def moment(start: date, day: int, minute: int, zone: ZoneInfo) -> datetime:
    """By the clock of the place."""
    clock = time(minute // 60, minute % 60) if minute < 24 * 60 else time()
    return datetime.combine(start + timedelta(days=day + minute // (24 * 60)), clock, zone)


def calendar_of(
    problem: Problem, schedule: Schedule, crew: str, names: Mapping[str, str], zone: ZoneInfo, now: datetime
) -> bytes:
    """What a crew does, one event for each job; the same job keeps its id, so a new plan moves it."""
    calendar = Calendar()
    calendar.add("prodid", "-//Plantroom//maintenance schedule//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", crew)
    for one in schedule.placements:
        if one.crew != crew:
            continue
        job = problem.job_of[one.job]
        event = Event()
        event.add("uid", f"{job.id}@plantroom".replace(" ", "-"))
        event.add("dtstamp", now.astimezone(UTC))
        event.add("dtstart", moment(problem.start, one.day, one.start, zone).astimezone(UTC))
        event.add("dtend", moment(problem.start, one.day, one.end, zone).astimezone(UTC))
        event.add("summary", f"{names.get(job.asset, job.asset)}: {job.text}")
        event.add("location", names.get(job.place, job.place))
        event.add(
            "description",
            f"{job.order or 'no order yet'}; {one.setup_min} minutes for the isolation"
            if one.setup_min
            else job.order or "no order yet",
        )
        calendar.add_component(event)
    return calendar.to_ical()
