"""Whom a trouble concerns and when each is told: pure decisions over the book."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Literal
from zoneinfo import ZoneInfo

from interfaces.notifications.book import Book, BriefingRoute, Kind, Priority, Route, Target
from interfaces.notifications.rota import Override
from tools.context import Role

Stage = Literal["raised", "escalated", "reminder", "over"]
MOST_REMINDERS = 8


@dataclass(frozen=True, slots=True)
class Trouble:
    """What people may have to be told of. ``subject`` is what it goes by for ever (“incident:12”); ``assets`` are those concerned and what
    these belong to; ``people`` are named by it themselves (whose work it is)."""

    subject: str
    of: Kind
    priority: Priority
    at: datetime
    assets: frozenset[str] = frozenset()
    site: str | None = None
    people: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Notice:
    """One person is to be told one thing at one time. ``why`` is the route, or that nobody was on call; reminders have a ``turn`` each."""

    person: str
    stage: Stage
    due_at: datetime
    why: str = ""
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is there: the roles of people with an account, which count before those in the book, and the overrides of rotas. ``zone`` is
    the plant's. A message to a role is for who has just that one, not for those above."""

    zone: tzinfo
    roles: Mapping[str, Role] = field(default_factory=dict[str, Role])
    overrides: Sequence[Override] = ()


def notices(trouble: Trouble, book: Book, duty: Duty) -> Sequence[Notice]:
    """All that is to be told of it from now on, while nobody takes it on: each person once in each stage, at the earliest of the times
    that the routes give."""
    planned = [
        one for route in book.routes if _matches(route, trouble, duty) for one in _of(route, trouble, book, duty)
    ]
    if not planned:
        planned = [
            Notice(name, "raised", trouble.at, "otherwise")
            for name in _people(book.otherwise, trouble, trouble.at, book, duty)
        ]
    return _first_each([_in_peace(one, trouble, book, duty) for one in planned])


def _matches(route: Route, trouble: Trouble, duty: Duty) -> bool:
    return (
        route.of == trouble.of
        and (route.priorities is None or trouble.priority in route.priorities)
        and (route.site is None or route.site == trouble.site)
        and (route.within is None or not route.within.isdisjoint(trouble.assets))
        and (route.during is None or route.during.holds(trouble.at, duty.zone))
    )


def _of(route: Route, trouble: Trouble, book: Book, duty: Duty) -> list[Notice]:
    begin = trouble.at if route.hold is None else route.hold.next(trouble.at, duty.zone)
    why = f"route {route.number}"
    told = _people(route.to, trouble, begin, book, duty)
    first = [Notice(name, "raised", begin, why) for name in told]
    missing = [
        Notice(name, "raised", begin, f"{why}: nobody on call") for name in _instead(told, trouble, begin, book, duty)
    ]
    later = [
        Notice(name, "escalated", begin + step.after, why)
        for step in route.then
        for name in _people(step.to, trouble, begin + step.after, book, duty)
    ]
    return [*first, *missing, *later, *_reminders(route, begin, first or missing, why)]


def _instead(told: Sequence[str], trouble: Trouble, moment: datetime, book: Book, duty: Duty) -> Sequence[str]:
    return () if told else _people(book.otherwise, trouble, moment, book, duty)


def _reminders(route: Route, begin: datetime, first: Sequence[Notice], why: str) -> list[Notice]:
    if route.remind is None:
        return []
    turns = range(1, MOST_REMINDERS + 1)
    return [Notice(one.person, "reminder", begin + route.remind * turn, why, turn) for one in first for turn in turns]


def _people(targets: Sequence[Target], trouble: Trouble, moment: datetime, book: Book, duty: Duty) -> Sequence[str]:
    """By name, each once. Whom the book does not know cannot be reached."""
    found = [name for target in targets for name in _meant(target, trouble, moment, book, duty)]
    return [name for name in dict.fromkeys(found) if name in book.people]


def readers(route: BriefingRoute, book: Book, duty: Duty, now: datetime) -> Sequence[str]:
    """Who gets a briefing, each once."""
    nothing = Trouble("briefing", "alarm", "low", now)
    return _people(route.to, nothing, now, book, duty)


def _meant(target: Target, trouble: Trouble, moment: datetime, book: Book, duty: Duty) -> Sequence[str]:
    match target.how:
        case "person":
            return [target.name]
        case "assignee":
            return trouble.people
        case "rota":
            name = book.rotas[target.name].at(moment, duty.zone, duty.overrides)
            return [] if name is None else [name]
        case "role":
            roles = {name: duty.roles.get(name, person.role) for name, person in book.people.items()}
            return [name for name, role in roles.items() if role == target.name]


def _in_peace(notice: Notice, trouble: Trouble, book: Book, duty: Duty) -> Notice:
    """What is not urgent waits for the end of a person's quiet hours."""
    person = book.people[notice.person]
    if person.quiet is None or trouble.priority == "urgent":
        return notice
    zone = ZoneInfo(person.timezone) if person.timezone else duty.zone
    return replace(notice, due_at=person.quiet.end_of(notice.due_at, zone))


def _first_each(planned: Sequence[Notice]) -> Sequence[Notice]:
    """One for each person, stage and turn, the earliest. Nobody is escalated to who is told anyway."""
    earliest: dict[tuple[str, Stage, int], Notice] = {}
    for one in sorted(planned, key=lambda one: one.due_at):
        earliest.setdefault((one.person, one.stage, one.turn), one)
    told = {one.person for one in earliest.values() if one.stage == "raised"}
    return [one for one in earliest.values() if one.stage != "escalated" or one.person not in told]
