"""The tool that finds the plant's own word: its classes, its quantities and its names."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Annotated

from pydantic import Field
from rapidfuzz import fuzz, process

from graph_schema.ontology.ontology import Ontology
from graph_schema.statements import statements
from graph_schema.store.graph import GraphStore, Row
from graph_schema.store.names import named
from tools.context import EVERYBODY, ToolContext
from tools.query.names import near_names
from tools.registry.tool import Tool
from tools.results.discovery import Discovered, KnownClass, KnownQuantity
from tools.results.result import Evidence
from tools.topology.kept import Kept, Key, plant_key
from tools.topology.snapshot import Topologies

_CYPHER = statements("tools.catalogue.reference", "discover.cypher")
_ALIKE = 70.0  # of 100: "chiler" is near "chiller", and "boiler" is not
_CLASSES = 3
_UNITS = 3
_NAMES = 12


class Inventory:
    """The classes and quantities of one graph, read again when the plant has changed: counting 40,000 points takes a second."""

    def __init__(self) -> None:
        self._kept = Kept[tuple[Sequence[Row], Sequence[Row]]](_size)

    async def current(self, graph: GraphStore) -> tuple[Sequence[Row], Sequence[Row]]:
        """Rows of classes and rows of quantities."""

        async def read() -> tuple[Sequence[Row], Sequence[Row]]:
            return await graph.read(_CYPHER["classes"]), await graph.read(_CYPHER["quantities"])

        return await self._kept.current(graph, read)


async def _size(graph: GraphStore) -> Key:
    """Devices add points without a load."""
    key, sizes = await asyncio.gather(plant_key(graph), graph.read(_CYPHER["size"]))
    return *key, sizes[0]["points"]


def discovering(inventory: Inventory, topologies: Topologies) -> Callable[..., Awaitable[Discovered]]:
    """The tool, over this inventory and these topologies."""

    async def discover(
        context: ToolContext,
        word: Annotated[
            str | None,
            Field(
                max_length=80,
                description="what it is called in anybody's words: chiler, CHW flow, lobby; left out: all",
            ),
        ] = None,
        limit: Annotated[int, Field(ge=1, le=200, description="how many classes and how many quantities")] = 25,
    ) -> Discovered:
        """Which classes of assets and which quantities this plant has, with counts; for a word the nearest classes, quantities and names. Use it where a class, a quantity or a name is not known, and before saying that there is none."""
        rows, points = await inventory.current(context.graph)
        classes = _with_superclasses(context.ontology, rows)
        quantities = _quantities(context.ontology, points)
        told = _own(context.ontology, word, classes, quantities)
        if word:
            own = {name: _class_words(context.ontology, name) for name in classes}
            near = _nearest(word, own, {name: float(one.count) for name, one in classes.items()})
            near_quantities = _nearest(
                word,
                {name: _quantity_words(context.ontology, name) for name in quantities},
                {name: float(one.points) for name, one in quantities.items()},
            )
            found = [classes[name] for name in near], [quantities[name] for name in near_quantities]
        else:
            present = {row["class"] for row in rows}
            found = (
                sorted(
                    (one for one in classes.values() if one.name in present), key=lambda one: (-one.count, one.name)
                ),
                sorted(quantities.values(), key=lambda one: (-one.points, one.name)),
            )
        ids = await _called(context, topologies, word) if word else []
        refs = await context.reader.refs(ids) if ids else {}
        return Discovered(
            word=word,
            classes=found[0][:limit],
            quantities=found[1][:limit],
            names=[refs[id_] for id_ in ids if id_ in refs],
            total_classes=len(found[0]),
            total_quantities=len(found[1]),
            evidence=[Evidence(store="graph", statement="\n".join(_CYPHER.values()), entities=list(refs))],
            notes=told,
        )

    return discover


def _with_superclasses(ontology: Ontology, rows: Iterable[Row]) -> Mapping[str, KnownClass]:
    """Classes of the plant's assets and those above them, by name."""
    counts: Counter[str] = Counter()
    for row in rows:
        for name in ontology.ancestors(row["class"]) or {row["class"]}:
            counts[name] += row["count"]
    return {name: KnownClass(name=name, count=count) for name, count in counts.items()}


def _quantities(ontology: Ontology, rows: Iterable[Row]) -> Mapping[str, KnownQuantity]:
    points: Counter[str] = Counter()
    units: dict[str, Counter[str]] = defaultdict(Counter)
    classes: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        name, count = row["quantity"], row["points"]
        points[name] += count
        units[name].update({row["unit"]: count} if row["unit"] else {})
        classes[name].update({row["class"]: count} if row["class"] else {})
    return {
        name: KnownQuantity(
            name=name,
            points=count,
            units=[unit for unit, _ in units[name].most_common(_UNITS)],
            classes=[one for one, _ in classes[name].most_common(_CLASSES)],
            point_class=ontology.point_class(name),
        )
        for name, count in points.items()
    }


def _class_words(ontology: Ontology, name: str) -> Sequence[str]:
    known = ontology.classes.get(ontology.canonical(name) or "")
    return (name.replace("_", " ").lower(), *(known.words if known else ()))


def _quantity_words(ontology: Ontology, name: str) -> Sequence[str]:
    return (name.replace("_", " "), *ontology.quantity_words(name))


def _nearest(word: str, named: Mapping[str, Sequence[str]], sizes: Mapping[str, float]) -> list[str]:
    """Those one of whose names is like the word, the likeliest first and of equally likely ones the most frequent."""
    owners = [(text, name) for name, texts in named.items() for text in texts]
    best: dict[str, float] = {}
    asked = " ".join(word.replace("_", " ").lower().split())
    texts = [text for text, _ in owners]
    for score, index in _scores(asked, texts):
        name = owners[index][1]
        best[name] = max(best.get(name, 0.0), score)
    return sorted(best, key=lambda name: (-round(best[name]), -sizes[name], name))


def _scores(asked: str, texts: Sequence[str]) -> Iterable[tuple[float, int]]:
    """By spelling, and by the words in them, which counts a little less."""
    for _, score, index in process.extract(asked, texts, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=None):
        yield score, index
    for _, score, index in process.extract(asked, texts, scorer=fuzz.token_set_ratio, score_cutoff=90, limit=None):
        yield 0.95 * score, index


def _own(
    ontology: Ontology, word: str | None, classes: Mapping[str, KnownClass], quantities: Mapping[str, KnownQuantity]
) -> list[str]:
    """That the plant has nothing of a class or quantity that there is elsewhere."""
    if not word:
        return []
    asked = word.strip().replace(" ", "_")
    class_ = ontology.canonical(asked)
    if class_ and class_ not in classes and ontology.kind_of(class_) != "Point":
        return [f"{class_} is a class, and this plant has none of it."]
    quantity = ontology.point_class(asked.lower())
    if quantity and not any(ontology.covers(asked.lower(), one) for one in quantities):
        return [f"{ontology.quantity(quantity)} is a quantity, and no point of this plant measures it."]
    return []


async def _called(context: ToolContext, topologies: Topologies, word: str) -> list[str]:
    topology = await topologies.current(context.graph, context.ontology)
    names = await near_names(context.graph, word, [node.name for node in topology.nodes.values()])
    rows = await named(context.graph, names)
    return [row["id"] for row in rows if row["name"] in names and "Point" not in row["labels"]][:_NAMES]


def tool_of(topologies: Topologies) -> Tool:
    return Tool.of(
        discovering(Inventory(), topologies),
        effect="read",
        roles=EVERYBODY,
        brief="Classes and quantities of this plant, or those nearest to a word, and names. Use it for unknown words and before saying that there is none.",
        hints={
            "word": "anybody’s word: chiler, CHW flow",
        },
    )
