"""The words of order books: how maintenance systems and people call columns, kinds, statuses and priorities (``export_words.yaml``)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, cast

import yaml

from ingestion.orders.order import Kind, Priority, Status


@dataclass(frozen=True, slots=True)
class ExportWords:
    """``columns`` has the other names of each column of ours, the most telling first; the rest gives our word for theirs."""

    columns: Mapping[str, Sequence[str]]
    kinds: Mapping[str, Kind]
    statuses: Mapping[str, Status]
    priorities: Mapping[str, Priority]


def plain(text: str) -> str:
    """Without case, accents and signs: ``Prio-rität#`` is ``prio ritat``."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    return " ".join(re.sub(r"[^\w]|_", " ", "".join(one for one in bare if not unicodedata.combining(one))).split())


@lru_cache(1)
def export_words() -> ExportWords:
    content: Mapping[str, Any] = yaml.safe_load(
        files("ingestion.orders").joinpath("export_words.yaml").read_text("utf-8")
    )
    return ExportWords(
        columns={name: [str(one) for one in others] for name, others in content["columns"].items()},
        kinds=cast(Mapping[str, Kind], _turned(content["kinds"])),
        statuses=cast(Mapping[str, Status], _turned(content["statuses"])),
        priorities=cast(Mapping[str, Priority], _turned(content["priorities"])),
    )


def _turned(words: Mapping[str, Sequence[object]]) -> dict[str, str]:
    return {plain(str(one)): ours for ours, theirs in words.items() for one in (ours, *theirs)}


def columns_in(header: Collection[str], wanted: Collection[str], taken: Collection[str]) -> dict[str, list[str]]:
    """For each wanted column of ours those of the file that may be it, the most telling first; none twice, and none that is ``taken``."""
    by_name: dict[str, str] = {}
    for name in header:
        by_name.setdefault(plain(name), name)
    found: dict[str, list[str]] = {}
    used = set(taken)
    for ours in wanted:
        theirs = [
            name for other in export_words().columns.get(ours, ()) if (name := by_name.get(other)) and name not in used
        ]
        if theirs:
            found[ours] = theirs
            used.update(theirs if ours == "asset" else theirs[:1])
    return found
