"""The tool that leaves a note at an asset, once a person has approved it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from ingestion.notes.notes import LONGEST, Notes
from tools.approvals.terms import Terms
from tools.context import EVERYBODY, ToolContext
from tools.query.names import resolve
from tools.registry.tool import Tool
from tools.results.notes import NoteLeft, WrittenNote
from tools.results.result import Evidence, Scene


async def leave_note(
    context: ToolContext,
    asset: Annotated[str, Field(max_length=200, description="id or exact name of a piece of equipment or a place")],
    text: Annotated[
        str,
        Field(
            min_length=1, max_length=LONGEST, pattern=r"\S", description="what to write down, in the person's own words"
        ),
    ],
) -> NoteLeft:
    """Leave a note at an asset for other people to read, in the name of the person who asks. It becomes a proposal, which waits for a person's approval."""
    id_ = await resolve(context.graph, asset)
    ref = (await context.reader.refs([id_]))[id_]
    left = await Notes(context.history).add(id_, context.caller.name, context.clock(), text)
    return NoteLeft(
        note=WrittenNote(asset=ref, written_at=left.at, author=left.author, text=left.text),
        scene=Scene(highlight=[id_], focus=id_),
        evidence=[Evidence(store="history", statement="the note that was left", entities=[id_])],
    )


TOOL = Tool.of(
    leave_note,
    effect="write",
    roles=EVERYBODY,
    terms=Terms(own=True),
    group="work",
    brief="Propose a note in the person’s name.",
)
