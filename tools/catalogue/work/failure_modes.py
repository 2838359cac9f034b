"""The tool that lists the failure modes of an asset or a class."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from graph_schema.errors import InvalidInput
from ingestion.records.plant_records import PlantRecords
from tools.context import EVERYBODY, ToolContext
from tools.query.names import resolve
from tools.registry.tool import Tool
from tools.results.result import Evidence
from tools.results.work.statistics import FailureModes, KnownMode
from tools.work.failure_codes import likely


async def failure_modes(
    context: ToolContext,
    asset: Annotated[
        str, Field(max_length=200, description="id or exact name of an asset, or a class such as Chiller")
    ],
) -> FailureModes:
    """The failure modes of an asset or a class of equipment: those that the site states, and those that are typical by the library, with their ISO 14224 codes."""
    class_ = context.ontology.canonical(asset)
    ref = None
    if class_ is None:
        id_ = await resolve(context.graph, asset)
        ref = (await context.reader.refs([id_]))[id_]
        class_ = ref.class_
    if class_ is None:
        raise InvalidInput(f"{asset[:60]} is of no class that is known, so nothing is known of its failure modes.")
    stated = await PlantRecords(context.history).modes([class_])
    return FailureModes(
        class_=class_,
        asset=ref,
        stated=[KnownMode(mode=one.said) for one in stated],
        typical=[KnownMode(mode=one.name, code=one.code) for one in likely(context.ontology, class_)],
        evidence=[
            Evidence(store="history", statement="failure modes that the site states", entities=[ref.id] if ref else []),
            Evidence(store="ontology", statement=f"failure modes of {class_} in the library"),
        ],
    )


TOOL = Tool.of(
    failure_modes,
    effect="read",
    roles=EVERYBODY,
    group="work",
    brief="Failure modes of an asset or a class: the site's own and the library's.",
    hints={},
)
