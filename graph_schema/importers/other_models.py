"""Models that are no description of a plant in words that are read here: what they are, and what to export instead."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from graph_schema.errors import InvalidInput

_BRICK = "Export the building as a Brick model and import that"
_DIGITAL_BUILDINGS = re.compile(
    r"^CONFIG_METADATA:|^\s+(?:cloud_device_id|etag|translation):.*$|^\s+type:\s*[A-Z_]+/[A-Z][A-Z0-9_]+\s*$",
    re.MULTILINE,
)
_TWINS = re.compile(r"^dtmi:dtdl:context;\d+$")


def refuse_json(path: Path, document: object) -> InvalidInput:
    """The sentence for a JSON document that is no grid of Haystack's."""
    if _contexts(document) & {"dtdl"} or _twin_graph(document):
        return InvalidInput(
            f"{path} is a model in DTDL (Azure Digital Twins): it says which kinds of things there may be and what relates them, not in the words of "
            f"Brick. {_BRICK}; twins in RealEstateCore's interfaces can be exported as RDF as well."
        )
    return InvalidInput(f"{path} is JSON, and no site of Project Haystack. {_BRICK}.")


def refuse_yaml(path: Path, text: str) -> InvalidInput | None:
    """The sentence for a building of Google Digital Buildings; None for any other YAML."""
    if len(_DIGITAL_BUILDINGS.findall(text[:200_000])) < 2:
        return None
    return InvalidInput(
        f"{path} is a building configuration of Google Digital Buildings, whose types and fields are not read. "
        f"{_BRICK}; its points can be brought in as a table (id, class, name, point_of, quantity, unit, source)."
    )


def is_json_ld(document: object) -> bool:
    """Whether it is RDF written as JSON."""
    first = _first(document)
    if _contexts(document):
        return False
    return "@graph" in first or "@context" in first or ("@id" in first and "@type" in first)


def _first(document: object) -> Mapping[str, Any]:
    one: object = cast(list[Any], document)[0] if isinstance(document, list) and document else cast(object, document)
    return cast(Mapping[str, Any], one) if isinstance(one, dict) else {}


def _contexts(document: object) -> set[str]:
    stated = _first(document).get("@context")
    names = cast(list[Any], stated) if isinstance(stated, list) else [stated]
    return {"dtdl"} if any(isinstance(name, str) and _TWINS.match(name) for name in names) else set()


def _twin_graph(document: object) -> bool:
    """What Azure Digital Twins exports of twins: models by their ``dtmi:`` ids."""
    return '"dtmi:' in str(document)[:5_000].replace("'", '"')
