"""Who is on call: people who take turns, and the overrides that people make."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from interfaces.notifications.hours import Hours, moment_of


@dataclass(frozen=True, slots=True)
class Override:
    """In this window of a rota this person is on call instead; ``person`` None is nobody."""

    rota: str
    person: str | None
    start: datetime
    end: datetime
    id: int = 0


@dataclass(frozen=True, slots=True)
class Rota:
    """``people`` in their order, each for ``days`` from ``first`` on, taking over at ``handover`` by the clock. With ``hours`` nobody is
    on call outside of them."""

    name: str
    people: Sequence[str]
    first: date
    days: int = 7
    handover: time = time(8)
    hours: Hours | None = None

    def at(self, moment: datetime, zone: tzinfo, overrides: Iterable[Override] = ()) -> str | None:
        """Who is on call, None for nobody. Of overrides that overlap the newest counts."""
        told = [one for one in overrides if one.rota == self.name and one.start <= moment < one.end]
        if told:
            return max(told, key=lambda one: one.id).person
        if self.hours is not None and not self.hours.holds(moment, zone):
            return None
        return self.people[self._turn(moment, zone) % len(self.people)]

    def _turn(self, moment: datetime, zone: tzinfo) -> int:
        """How many handovers there have been since the first. Before the first day it is the turns before, counted backwards."""
        today = moment.astimezone(zone).date()
        day = today if moment >= moment_of(today, self.handover, zone) else today - timedelta(days=1)
        return (day - self.first).days // self.days
