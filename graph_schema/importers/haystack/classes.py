"""The Brick class that the tags of a Haystack record make up.

Each tag is a word or two of Brick's (``temp`` is temperature, ``sp`` setpoint); of the classes whose every word is among them the most specific
counts (``Ontology.nearest``). What tags mean together and not alone stands here.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Literal

from graph_schema.ontology.ontology import Ontology

Sort = Literal["site", "space", "equip", "point"]

_WORDS: Mapping[str, str] = {
    "temp": "temperature", "sp": "setpoint", "cmd": "command", "elec": "electric", "volt": "voltage", "freq": "frequency", "delta": "differential",
    "heat": "heating", "cool": "cooling", "occ": "occupied", "unocc": "unoccupied", "refrig": "refrigerant", "pf": "power_factor", "naturalGas": "natural_gas",
    "chilled": "chilled_water", "hot": "hot_water", "condenser": "condenser_water", "domestic": "domestic", "makeup": "makeup_water", "dewPoint": "dewpoint",
    "tvoc": "tvoc", "pm25": "pm2.5", "pm01": "pm1", "pm10": "pm10", "solar": "solar", "irradiance": "irradiance", "illuminance": "illuminance",
    "wetBulb": "wet_bulb", "outdoor": "outside", "rh": "humidity", "feed": "supply", "vfd": "speed", "dis": "", "luminous": "illuminance",
}  # fmt: skip
"""Tags whose word is another; any other tag is its own word, ``mixed`` or ``humidity``."""
_ROLES = (("alarm", "alarm"), ("fault", "fault_status"), ("sp", "setpoint"), ("cmd", "command"), ("sensor", "sensor"))
_CHECKED = frozenset({"run", "enable", "state", "mode", "occupied", "occ", "override", "lockout", "faultOp"})
_MEASURED = frozenset({
    "temp", "humidity", "co2", "co", "flow", "pressure", "power", "energy", "volt", "current", "freq", "speed", "level", "enthalpy", "velocity",
    "tvoc", "pm25", "pm10", "pf", "dewPoint", "wetBulb", "run", "enable", "stage", "volume", "isolation", "angle", "rh",
})  # fmt: skip
_CARRIERS = frozenset({"gas", "natural", "refrigerant", "water", "steam", "air", "fuel", "oil"})
_ENDS_OF_AIR = frozenset({"discharge", "supply", "return", "outside", "mixed", "exhaust"})
_FLOWING = frozenset({"water", "steam", "chilled", "hot", "condenser", "domestic"})
_MACHINES = frozenset({
    "fan", "pump", "compressor", "chiller", "boiler", "discharge", "return", "exhaust", "supply", "hot", "chilled", "condenser", "ahu", "vav",
    "vfd", "motor", "tower", "circ", "water", "air", "outside",
})  # fmt: skip
_LATER: Mapping[str, tuple[str, ...]] = {"leaving": ("supply",), "entering": ("return",)}
"""Words for the same end of a pipe, of which Brick's classes have one or another."""

_EQUIPMENT: Mapping[str, str] = {
    "unitVent": "FCU", "fanCoilUnit": "FCU", "heatPump": "Packaged_Heat_Pump", "ats": "Automatic_Transfer_Switch", "elecPanel": "Breaker_Panel", "panel": "Breaker_Panel",
    "circuit": "Electrical_Circuit", "generator": "Emergency_Generator", "vfd": "VFD", "evse": "Electric_Vehicle_Charging_Station",
    "rack": "IT_Rack", "chilledWaterPlant": "Chilled_Water_System", "hotWaterPlant": "Hot_Water_System", "steamPlant": "Steam_System",
    "chillerPlant": "Chilled_Water_System", "boilerPlant": "Hot_Water_System", "crac": "CRAC", "airTerminalUnit": "Terminal_Unit", "tower": "Cooling_Tower",
    "airHandlingEquip": "AHU", "verticalTransport": "Elevator", "thermalStorage": "Energy_Storage", "lights": "Lighting_Equipment",
    "lighting": "Lighting_Equipment", "weather": "Weather_Station", "pv": "PV_Panel", "solarPanel": "PV_Panel", "dxCool": "", "dxHeat": "",
    "ups": "UPS", "cooler": "Chiller", "transformer": "Transformer",
}  # fmt: skip
"""Equipment that Brick calls otherwise than Haystack does; the rest is found by its own name."""
_SPACES: Mapping[str, str] = {
    "zone": "HVAC_Zone",
    "hvacZone": "HVAC_Zone",
    "hvac": "HVAC_Zone",
    "lightingZone": "Lighting_Zone",
    "bldg": "Building",
}
_METERED: Mapping[str, str] = {
    "elec": "Electrical_Meter", "gas": "Gas_Meter", "naturalGas": "Gas_Meter", "chilled": "Chilled_Water_Meter", "hot": "Hot_Water_Meter", "water": "Water_Meter",
}  # fmt: skip
_MODIFIERS = frozenset({
    "discharge", "supply", "return", "exhaust", "outside", "mixed", "relief", "hot", "chilled", "condenser", "heating", "cooling", "bypass", "isolation",
    "steam", "water", "domestic", "makeup", "zone", "economizer", "reheat", "preheat", "gas", "refrig", "air",
})  # fmt: skip


_GENERAL = frozenset({
    "point", "equip", "space", "site", "his", "cur", "writable", "import", "export", "ac", "dc", "total", "net", "active", "reactive", "apparent", "effective", "primaryFunction",
    "hisCollect", "hvac", "airHandlingEquip", "vavZone", "singleDuct", "dualDuct", "directZone", "multiZone", "variableAirVolume", "constantAirVolume", "coolOnly",
    "siteMeter", "cooling", "heating", "weatherStation", "weather", "device", "network", "max", "min", "avg", "enum", "bool", "number", "entity",
})  # fmt: skip
"""Tags of Haystack that say nothing of which class it is, and are known."""


def unknown_tags(tags: Iterable[str], ontology: Ontology) -> set[str]:
    """Those that are no word of Brick's, nor of the tables here."""
    words = {word for name in ontology.classes for word in name.lower().split("_")}
    known = {
        *_WORDS,
        *_EQUIPMENT,
        *_SPACES,
        *_METERED,
        *_MODIFIERS,
        *_MEASURED,
        *_CHECKED,
        *_GENERAL,
        *(tag for tag, _ in _ROLES),
    }
    return {tag for tag in tags if tag not in known and not words.issuperset(_snake(tag).split("_"))}


def sort_of(tags: Collection[str], ontology: Ontology) -> Sort | None:
    """What kind of record it is; None for one that is nothing of a plant (a connector, a user, a weather station's site)."""
    if "point" in tags or ("equip" not in tags and {"sensor", "cmd", "sp"} & set(tags)):
        return "point"
    if "site" in tags:
        return "site"
    if "equip" in tags or ("weatherStation" in tags):
        return "equip"
    if {"space", "floor", "room", "bldg"} & set(tags) or "zone" in tags:
        return "space"
    return "equip" if "device" not in tags and _named(tags, ontology, "equipment") else None


def class_of(sort: Sort, tags: Collection[str], kind: str | None, unit: str | None, ontology: Ontology) -> str:
    match sort:
        case "site":
            return "Site"
        case "space":
            return _space(set(tags), ontology)
        case "equip":
            return _equipment(set(tags), ontology)
        case "point":
            return point_class(set(tags), kind, unit, ontology)


def point_class(tags: set[str], kind: str | None, unit: str | None, ontology: Ontology) -> str:
    role = next((word for tag, word in _ROLES if tag in tags), "status" if kind == "Bool" else "sensor")
    if (
        role == "sensor"
        and "motion" not in tags
        and (kind == "Bool" or (kind != "Number" and not unit and tags & _CHECKED and not tags & {"temp"}))
    ):
        role = "status"
    told = tags - {tag for tag, _ in _ROLES} - {"point", "his", "cur", "writable", "hisCollect"}
    if told & {"run", "enable"}:
        told -= _MACHINES
    if told & {"active", "reactive", "apparent", "pf"}:
        told -= {"elec", "ac", "dc"}
    words = {word for tag in told for word in _words(tag)}
    words |= _together(told, role, kind, unit)
    return _of_a_pipe(told, role, ontology) or _nearest(words, told, role, ontology)


def _nearest(words: set[str], told: set[str], role: str, ontology: Ontology) -> str:
    """What is measured says more than what it is measured of: the flow of gas is a flow."""
    found = ontology.nearest("_".join([*sorted(words), role]))
    measured = {word for tag in told & _MEASURED for word in _words(tag)}
    if found and measured and role == "sensor" and not measured & set(found.lower().split("_")):
        found = ontology.nearest("_".join([*sorted(words - _CARRIERS), role]))
    return found or role.split("_")[-1].capitalize()


def _of_a_pipe(told: set[str], role: str, ontology: Ontology) -> str | None:
    """``Leaving_Chilled_Water_Temperature_Sensor``: Brick has it beside ``Supply_…``, so that its words in any order tell nothing."""
    if not told & _FLOWING:
        return None
    ends = [tag for tag in ("leaving", "entering", "supply", "return", "discharge") if tag in told]
    kinds = [tag for tag in ("domestic", "hot", "chilled", "condenser") if tag in told]
    what = [word for tag in ("delta", *sorted(_MEASURED)) if tag in told for word in _words(tag)]
    name = "_".join([*ends[:1], *kinds, "water", *what, role])
    return ontology.canonical(name) if kinds and what else None


def _together(told: set[str], role: str, kind: str | None, unit: str | None) -> set[str]:
    """What tags mean beside others."""
    more: set[str] = set()
    if "run" in told and role == "command":
        more |= {"start", "stop"}
    if told & {"damper", "valve"} and not told & _MEASURED and kind != "Bool":
        more |= {"position"}
    if told & {"occupied", "occ"} and role in ("status", "sensor", "command") and "temp" not in told:
        more |= {"occupancy"}
    if "pressure" in told and "air" in told and told & {"discharge", "duct", "supply"} and "delta" not in told:
        more |= {"static", "supply"}
    if told & {"temp", "humidity"} and told & _ENDS_OF_AIR and not told & {*_FLOWING, "refrig"}:
        more |= {"air"}
    if {"zone", "co2"} <= told:
        more |= {"level"}
    if told & {"light", "lights"} and "level" in told:
        more |= {"illuminance"}
    if "energy" in told and "elec" not in told and unit and unit.lower() in ("kwh", "kilowatt_hour"):
        more |= {"electric"}
    if told & _FLOWING:
        more |= {word for tag in told for word in _LATER.get(tag, ())}
    return more


def _words(tag: str) -> Iterable[str]:
    word = _WORDS.get(tag)
    return (word if word is not None else _snake(tag)).split("_") if word != "" else ()


def _snake(tag: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", tag).lower()


def _named(tags: Collection[str], ontology: Ontology, kind: str) -> dict[str, str]:
    """The classes that tags name by themselves."""
    known = _EQUIPMENT if kind == "equipment" else _SPACES
    named = {tag: ontology.canonical(known.get(tag) or _snake(tag)) for tag in tags if known.get(tag) != ""}
    return {tag: name for tag, name in named.items() if name and ontology.classes[name].kind == kind}


def _equipment(tags: set[str], ontology: Ontology) -> str:
    if "meter" in tags or "submeter" in tags:
        return next((class_ for tag, class_ in _METERED.items() if tag in tags), "Meter")
    if {"chilled", "plant"} <= tags or {"hot", "plant"} <= tags:
        return "Chilled_Water_System" if "chilled" in tags else "Hot_Water_System"
    named = _named(tags - _MODIFIERS - {"equip", "elec"}, ontology, "equipment")
    found = {name for name in named.values() if not _is_above(name, named.values(), ontology)}
    if not found:
        return "Equipment"
    return _modified(min(found, key=lambda name: (-len(ontology.ancestors(name)), name)), tags, ontology)


def _modified(name: str, tags: set[str], ontology: Ontology) -> str:
    """``Fan`` with the tag ``exhaust`` is an exhaust fan."""
    words = [word for tag in sorted(tags & (_MODIFIERS | {"elec"})) for word in _words(tag)]
    closer = ontology.nearest("_".join([*words, name.lower()])) if words else None
    return closer if closer and closer in ontology.descendants(name) else name


def _is_above(name: str, others: Iterable[str], ontology: Ontology) -> bool:
    return any(other != name and name in ontology.ancestors(other) for other in others)


def _space(tags: set[str], ontology: Ontology) -> str:
    if "floor" in tags:
        return "Floor"
    if {"zone", "lighting"} <= tags:
        return "Lighting_Zone"
    named = _named(tags - {"space", "equip", "point"}, ontology, "location")
    found = {name for name in named.values() if not _is_above(name, named.values(), ontology)}
    return min(found, default="Space")
