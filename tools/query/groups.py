"""Assets in groups: by class, by floor, by what they belong to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph_schema.ontology.ontology import Ontology
from graph_schema.question import GroupBy
from tools.query.names import natural
from tools.results.assets import EntityRef, Group

_NO_CLASS = "unknown"
_GROUPS = {"floor": "on a known floor", "parent": "part of anything or fed by anything"}


@dataclass(frozen=True, slots=True)
class Groups:
    """The keys of the groups of each asset, and the entity that a key stands for."""

    of: Mapping[str, Sequence[str]]
    entities: Mapping[str, EntityRef]


def by_class(entities: Iterable[EntityRef]) -> Groups:
    return Groups({entity.id: [entity.class_ or _NO_CLASS] for entity in entities}, {})


def by_entity(pairs: Iterable[tuple[str, str]], refs: Mapping[str, EntityRef]) -> Groups:
    """Groups called by their names; by name and id where two have one name."""
    times = Counter(ref.name for ref in refs.values())
    keys = {id_: ref.name if times[ref.name] == 1 else f"{ref.name} ({id_})" for id_, ref in refs.items()}
    found: dict[str, list[str]] = {}
    for asset, group in sorted(set(pairs)):
        if group in keys:
            found.setdefault(asset, []).append(keys[group])
    return Groups(found, {keys[id_]: ref for id_, ref in refs.items()})


def counted(entities: Sequence[EntityRef], groups: Groups, group_by: GroupBy) -> tuple[list[Group], list[str]]:
    """The largest group first."""
    counts = Counter(key for entity in entities for key in groups.of.get(entity.id, ()))
    found = [Group(key=key, count=count, entity=groups.entities.get(key)) for key, count in counts.items()]
    found.sort(key=lambda group: (-group.count, natural(group.key)))
    return found, left_out(entities, groups, group_by)


def left_out(entities: Sequence[EntityRef], groups: Groups, group_by: GroupBy) -> list[str]:
    without = sum(1 for entity in entities if not groups.of.get(entity.id))
    if not without or group_by not in _GROUPS:
        return []
    return [f"{without} of the {len(entities)} {'is' if without == 1 else 'are'} not {_GROUPS[group_by]}."]


def parents(rows: Iterable[Sequence[Any]], ontology: Ontology) -> list[tuple[str, str]]:
    """What each asset belongs to: its whole, else (a point's) owner, else what feeds it with its main medium, else its place.

    A row is asset, its class, relation, the other, its class, medium. A VAV box belongs to its air handler and not to the pump that
    feeds its coil.
    """
    found: dict[str, dict[str, list[Sequence[Any]]]] = {}
    for row in rows:
        found.setdefault(row[0], {}).setdefault(row[2], []).append(row)
    pairs: list[tuple[str, str]] = []
    for asset, relations in found.items():
        nearest = relations[next(name for name in ("part", "point", "fed", "located") if name in relations)]
        if nearest[0][2] == "fed":
            nearest = _in_main_medium(nearest, ontology)
        pairs += [(asset, row[3]) for row in nearest]
    return pairs


def _in_main_medium(rows: Sequence[Sequence[Any]], ontology: Ontology) -> Sequence[Sequence[Any]]:
    wanted = _medium_of(rows[0][1], ontology)
    told = [row for row in rows if (row[5] or _medium_of(row[4], ontology) or "").replace("_", " ") == wanted]
    return told if wanted and told else rows


def _medium_of(class_: str | None, ontology: Ontology) -> str | None:
    twin = ontology.twin(class_) if class_ else None
    return twin.medium if twin else None
