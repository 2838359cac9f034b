"""What a plant is made of: entities, the relations between them, and the importers' account of both.

Every node of the graph carries the label ``Entity`` beside the label of its kind, so that one unique constraint
serves all ids and a node can be reached without knowing its kind. Classes are nodes of their own (``Class``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["Site", "Building", "Floor", "Space", "Asset", "Point", "Device"]
RelationKind = Literal["FEEDS", "HAS_PART", "LOCATED_IN", "HAS_POINT", "REPORTS"]
PLACE_KINDS: tuple[Kind, ...] = ("Site", "Building", "Floor", "Space")

# The worst first: an asset's status is the worst of its points'.
Status = Literal["alarm", "warning", "stale", "normal", "unknown"]

Property = str | int | float | bool | list[str]


@dataclass(frozen=True, slots=True)
class Entity:
    """One node. ``id`` is ours and stable across imports; ``class_`` is a Brick class name such as ``AHU``.

    ``iri`` is the address that the model gives it: one address is one node, whatever its id (``graph_schema.identity``).
    ``addresses`` are what other systems know a point by, which its readings may arrive under (``graph_schema.addresses``).

    Properties by kind (all optional):
    - any: ``aliases`` and ``tags`` (lists of str), ``description``, ``x``/``y``/``z`` (metres) and ``w``/``d``/``h`` (size, metres)
    - Floor: ``level`` (int); Asset: ``criticality`` (1 low to 5 high), ``rated_power_kw``, ``support``
      (rigid or flexible), ``installed`` (ISO date); Site: ``latitude``, ``longitude``, ``timezone``
    - Point: ``quantity``, ``unit``, ``source`` (address of its telemetry, ``device/key``), ``series_kind``, ``rollover`` and ``stamp`` where the
      plant says what its readings are (``graph_schema.series``), ``range_low`` and ``range_high`` of its instrument, the fields of ``graph_schema.limits.PointLimits``
      (``low``, ``high``, ``warning_band``, ``deadband``, ``delay_on_s``, ``delay_off_s``, ``latched``, ``stale_after_s``); kept current by ingestion: ``value`` (number) or ``text``, ``at`` (epoch ms), ``status``,
      and how far its data can be trusted: ``quality`` (0 to 1), ``quality_issues`` (sentences), ``quality_kinds``, ``quality_since``
    - Device: ``last_seen`` (epoch ms), ``clock_ahead_s`` where its clock is wrong

    The loader adds ``class``, ``plant`` (the import it came with) and ``search_text`` (its names in lower case).
    """

    id: str
    kind: Kind
    name: str
    class_: str | None = None
    properties: Mapping[str, Property] = field(default_factory=dict[str, Property])
    iri: str | None = None
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Relation:
    """One directed relation, always in the forward direction (``FEEDS``, never "is fed by")."""

    kind: RelationKind
    start: str
    end: str
    properties: Mapping[str, Property] = field(default_factory=dict[str, Property])


@dataclass(frozen=True, slots=True)
class Finding:
    """Something an importer skipped or had to guess, and why, in words an operator understands."""

    subject: str
    reason: str
    level: Literal["skipped", "guessed"] = "skipped"


@dataclass(frozen=True, slots=True)
class Plant:
    """What an importer read: pure data, loaded into the graph by ``graph_schema.store.loader``."""

    name: str
    entities: tuple[Entity, ...]
    relations: tuple[Relation, ...]
    findings: tuple[Finding, ...] = ()
