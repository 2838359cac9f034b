"""What Haystack's references say of flows: a record's ``ahuRef``, ``airRef`` or ``hotWaterRef`` leads to what supplies it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from graph_schema.importers.haystack.classes import Sort

_MEDIA: Mapping[str, str | None] = {
    "ahu": "air", "doas": "air", "rtu": "air", "mau": "air", "vav": "air", "air": "air", "airSupply": "air", "fan": "air", "ventilationAir": "air",
    "hotWater": "hot water", "hotWaterPlant": "hot water", "boilerPlant": "hot water", "boiler": "hot water", "domesticWater": "domestic water",
    "chilledWater": "chilled water", "chilledWaterPlant": "chilled water", "chiller": "chilled water", "chillerPlant": "chilled water",
    "condenserWater": "condenser water", "coolingTower": "condenser water", "condenser": "condenser water", "makeupWater": "water", "water": "water",
    "pump": "water", "steam": "steam", "steamPlant": "steam", "condensate": "water", "blowdownWater": "water", "elec": "electricity", "elecPanel": "electricity",
    "panel": "electricity", "circuit": "electricity", "ups": "electricity", "ats": "electricity", "transformer": "electricity", "generator": "electricity",
    "gas": "natural gas", "naturalGas": "natural gas", "fuelOil": "fuel oil", "refrig": "refrigerant", "plant": None, "heatExchanger": None,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Flow:
    """A supply in the direction of flow, by addresses."""

    start: str
    end: str
    medium: str | None


def flow_of(name: str, iri: str, sort: Sort, other: str | None) -> Flow | None:
    """The supply that a reference states; None where it states none, or leads out of the file."""
    if other is None or sort not in ("equip", "space") or other == iri:
        return None
    if name in ("submeterOf", "submeterOfRef"):
        return Flow(other, iri, None)
    source = name.removesuffix("Ref")
    return Flow(other, iri, _MEDIA[source]) if name.endswith("Ref") and source in _MEDIA else None
