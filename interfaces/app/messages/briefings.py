"""Briefings of a served plant: their parts put together."""

from __future__ import annotations

from interfaces.app.composition import App
from interfaces.briefings.archive import Archive
from interfaces.briefings.briefings import Briefings


def briefings_of(app: App) -> Briefings:
    return Briefings(app.registry, Archive(app.history))
