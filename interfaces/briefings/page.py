"""Briefings in the browser: the archive of who reads, and one day with where each figure comes from."""

from collections.abc import Awaitable, Callable
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Annotated
from zoneinfo import ZoneInfo

from babel.dates import format_date
from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse
from jinja2 import Environment, StrictUndefined, Template

from interfaces.briefings.briefings import Briefings, audience_of
from interfaces.briefings.message import path_of
from interfaces.http.api.served import Callers
from tools.briefing.asking import Wanted
from tools.briefing.briefing import Audience
from tools.briefing.wording import BriefingWords, words
from tools.context import Caller, ToolContext

_MOST = 60


def briefing_pages(
    context: Callable[[Caller], Awaitable[ToolContext]], caller_of: Callers, briefings: Briefings
) -> APIRouter:
    pages = APIRouter(prefix="/briefings", include_in_schema=False, default_response_class=HTMLResponse)

    @pages.get("")
    async def _archive(caller: Annotated[Caller, Depends(caller_of)]) -> str:  # pyright: ignore[reportUnusedFunction]
        """Those of who asks, the newest first."""
        known = words(caller.language)
        here = await context(caller)
        today = here.clock().astimezone(ZoneInfo(here.timezone)).date()
        kept = await briefings.archive.newest(caller.name, _MOST)
        rows = [(path_of(one.briefing), _day(one.day, caller.language), known.audiences[one.audience]) for one in kept]
        return _page("archive").render(
            words=known, empty=known.none_kept, language=caller.language, rows=rows, today=today
        )

    @pages.get("/{day}")
    async def _of_day(  # pyright: ignore[reportUnusedFunction]
        caller: Annotated[Caller, Depends(caller_of)],
        day: date,
        audience: Annotated[Audience | None, Query()] = None,
    ) -> str:
        """As it was sent; where none was, as it is now."""
        wanted = Wanted(day, audience or audience_of(caller))
        kept = await briefings.archive.of_day(day, wanted.audience, caller.name)
        found = kept.briefing if kept else await briefings.of(await context(caller), wanted)
        said = BriefingWords(caller.language)
        return _page("day").render(
            words=words(caller.language), language=caller.language, title=said.title(found), told=said.told(found), sources=found.sources,
        )  # fmt: skip

    return pages


def _day(day: date, language: str) -> str:
    return f"{format_date(day, words(language).day, locale=language)} {day.year}"


@cache
def _page(name: str) -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    pages = files("interfaces.briefings").joinpath("pages")
    style = pages.joinpath("style.css").read_text("utf-8")
    return environment.from_string(pages.joinpath(f"{name}.html").read_text("utf-8"), {"style": style})
