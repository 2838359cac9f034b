"""Briefings over HTTP: of a day, for an audience, as figures with their sources and in the words of a language."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from graph_schema.question import Value
from ingestion.history.history import History
from interfaces.briefings.archive import Archive
from interfaces.briefings.briefings import Briefings, audience_of
from interfaces.http.api.etags import resource
from interfaces.http.api.served import Served
from tools.briefing.asking import Wanted
from tools.briefing.briefing import Audience, Briefing, SectionName
from tools.briefing.wording import BriefingWords


class SentenceTold(Value):
    text: str
    source: str | None


class SectionTold(Value):
    name: SectionName
    heading: str
    sentences: list[SentenceTold]


class BriefingTold(Value):
    """``told`` are the sections in words; a sentence names which of the briefing's sources it comes from."""

    title: str
    language: Literal["en", "de", "es"]
    told: list[SectionTold]
    briefing: Briefing


def briefing_routes(served: Served, history: History) -> APIRouter:
    routes = APIRouter(tags=["briefings"])
    briefings = Briefings(served.registry, Archive(history))

    @routes.get("/briefings/{day}", operation_id="show_briefing", response_model=BriefingTold)
    async def _show(  # pyright: ignore[reportUnusedFunction]
        request: Request,
        day: date,
        audience: Annotated[Audience | None, Query(description="by the caller's role when left out")] = None,
        site: Annotated[
            str | None, Query(min_length=1, max_length=200, description="a site or building, by id or exact name")
        ] = None,
        language: Annotated[Literal["en", "de", "es"] | None, Query(description="the caller's when left out")] = None,
    ) -> Response:
        """What waits on the caller, what happened, what is at risk and what changed, of today or a day that is over."""
        context = await served.context(await served.reader(request))
        wanted = Wanted(day, audience or audience_of(context.caller), place=site)
        return resource(request, told(await briefings.of(context, wanted), language or context.caller.language))

    return routes


def told(briefing: Briefing, language: str) -> BriefingTold:
    words = BriefingWords(language)
    sections = [
        SectionTold(name=one.name, heading=one.heading, sentences=[SentenceTold(text=said.text, source=said.source) for said in one.sentences])
        for one in words.told(briefing)
    ]  # fmt: skip
    return BriefingTold.model_validate(
        {"title": words.title(briefing), "language": language, "told": sections, "briefing": briefing}
    )
