"""A made-up site as Haystack records, as each of Haystack's files, and as its Brick twin."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

PREFIXES = """@prefix ph: <https://project-haystack.org/def/ph/4.0#> .
@prefix phIoT: <https://project-haystack.org/def/phIoT/4.0#> .
@prefix phScience: <https://project-haystack.org/def/phScience/4.0#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""


@dataclass(slots=True)
class Row:
    """One record, and what it is in Brick: its class and statements."""

    id: str
    dis: str
    tags: str
    class_: str
    refs: dict[str, str] = field(default_factory=dict[str, str])
    unit: str | None = None
    kind: str | None = None
    brick: str = ""


AHU_POINTS = (
    ("DA Temp", "discharge air temp sensor", "°C", "Number", "Supply_Air_Temperature_Sensor"),
    ("DA Temp SP", "discharge air temp sp", "°C", "Number", "Supply_Air_Temperature_Setpoint"),
    ("RA Temp", "return air temp sensor", "°C", "Number", "Return_Air_Temperature_Sensor"),
    ("MA Temp", "mixed air temp sensor", "°C", "Number", "Mixed_Air_Temperature_Sensor"),
    ("OA Temp", "outside air temp sensor", "°C", "Number", "Outside_Air_Temperature_Sensor"),
    ("RA Humidity", "return air humidity sensor", "%RH", "Number", "Return_Air_Humidity_Sensor"),
    ("DA Pressure", "discharge air pressure sensor", "inH₂O", "Number", "Supply_Air_Static_Pressure_Sensor"),
    ("DA Flow", "discharge air flow sensor", "cfm", "Number", "Supply_Air_Flow_Sensor"),
    ("Fan Run", "discharge fan run cmd", None, "Bool", "Start_Stop_Command"),
    ("Fan Status", "discharge fan run sensor", None, "Bool", "Run_Status"),
    ("Cool Valve", "cool valve cmd", "%", "Number", "Valve_Position_Command"),
    ("OA Damper", "outside air damper cmd", "%", "Number", "Damper_Position_Command"),
    ("Filter", "filter alarm", None, "Bool", "Alarm"),
    ("RA CO2", "return air co2 sensor", "ppm", "Number", "Return_Air_CO2_Sensor"),
)
VAV_POINTS = (
    ("Zone Temp", "zone air temp sensor", "°C", "Number", "Zone_Air_Temperature_Sensor"),
    ("Zone SP", "zone air temp sp", "°C", "Number", "Zone_Air_Temperature_Setpoint"),
    ("Airflow", "discharge air flow sensor", "cfm", "Number", "Supply_Air_Flow_Sensor"),
    ("Damper", "damper cmd", "%", "Number", "Damper_Position_Command"),
)
CHILLER_POINTS = (
    ("CHWS Temp", "chilled water leaving temp sensor", "°C", "Number", "Leaving_Chilled_Water_Temperature_Sensor"),
    ("CHWR Temp", "chilled water entering temp sensor", "°C", "Number", "Entering_Chilled_Water_Temperature_Sensor"),
    ("Enable", "enable cmd", None, "Bool", "Enable_Command"),
)
METER_POINTS = (
    ("Power", "elec active power sensor", "kW", "Number", "Active_Power_Sensor"),
    ("Energy", "elec energy sensor", "kWh", "Number", "Electric_Energy_Sensor"),
)


def site(vavs: int = 43) -> list[Row]:
    """Two air handlers with ``vavs`` terminals between them, a plant and a meter: 205 points by default."""
    rows = [
        Row("site-1", "Harbour House", "site", "Site"),
        Row("floor-1", "Floor 1", "floor space", "Floor", {"siteRef": "site-1"}, brick="brick:isPartOf s:site-1"),
        Row("chiller-1", "Chiller 1", "chiller equip", "Chiller", {"siteRef": "site-1"}, brick="brick:hasLocation s:site-1"),
        Row("chwp-1", "CHWP-1", "chilled water pump equip", "Chilled_Water_Pump", {"siteRef": "site-1"}, brick="brick:hasLocation s:site-1"),
        Row("boiler-1", "Boiler 1", "hot water boiler equip", "Boiler", {"siteRef": "site-1"}, brick="brick:hasLocation s:site-1"),
        Row("meter-1", "Main Meter", "elec meter equip", "Electrical_Meter", {"siteRef": "site-1"}, brick="brick:hasLocation s:site-1"),
    ]  # fmt: skip
    rows += [*_points("chiller-1", "Chiller 1", CHILLER_POINTS), *_points("meter-1", "Main Meter", METER_POINTS)]
    for number in (1, 2):
        ahu = f"ahu-{number}"
        refs = {"siteRef": "site-1", "chilledWaterRef": "chiller-1", "hotWaterRef": "boiler-1"}
        brick = "brick:hasLocation s:site-1 ; brick:isFedBy s:chiller-1, s:boiler-1"
        rows.append(Row(ahu, f"AHU-{number}", "ahu equip hvac", "AHU", refs, brick=brick))
        fan = {"siteRef": "site-1", "equipRef": ahu}
        rows.append(
            Row(
                f"{ahu}-fan",
                f"AHU-{number} Fan",
                "discharge fan equip",
                "Supply_Fan",
                fan,
                brick=f"brick:isPartOf s:{ahu}",
            )
        )
        rows += _points(ahu, f"AHU-{number}", AHU_POINTS)
    for number in range(1, vavs + 1):
        vav, zone, ahu = f"vav-{number}", f"zone-{number}", f"ahu-{1 + number % 2}"
        rows.append(Row(zone, f"Zone {number}", "hvac zone space", "HVAC_Zone", {"siteRef": "site-1", "spaceRef": "floor-1", "airRef": vav},
                        brick=f"brick:isPartOf s:floor-1 ; brick:isFedBy s:{vav}"))  # fmt: skip
        rows.append(Row(vav, f"VAV-{number}", "vav equip", "VAV", {"siteRef": "site-1", "spaceRef": "floor-1", "ahuRef": ahu},
                        brick=f"brick:hasLocation s:floor-1 ; brick:isFedBy s:{ahu}"))  # fmt: skip
        rows += _points(vav, f"VAV-{number}", VAV_POINTS)
    return rows


def _points(owner: str, name: str, points: tuple[tuple[str, str, str | None, str, str], ...]) -> list[Row]:
    return [
        Row(f"{owner}-{number}", f"{name} {dis}", f"{tags} point his", class_, {"siteRef": "site-1", "equipRef": owner}, unit, kind, f"brick:isPointOf s:{owner}")
        for number, (dis, tags, unit, kind, class_) in enumerate(points)
    ]  # fmt: skip


def turtle(rows: list[Row]) -> str:
    """As Haystack writes it: records are nameless nodes."""
    told = [PREFIXES]
    for row in rows:
        lines = [f'_:{row.id} rdfs:label "{row.dis}"']
        lines += [f"ph:hasTag phIoT:{tag}" for tag in row.tags.split()]
        lines += [f"phIoT:{name} _:{other}" for name, other in row.refs.items()]
        lines += [f'ph:{name} "{value}"' for name, value in (("unit", row.unit), ("kind", row.kind)) if value]
        sort = next(tag for tag in ("site", "space", "equip", "point") if tag in row.tags.split())
        told.append(f"_:{row.id} a phIoT:{sort} .\n" + " ;\n  ".join(lines) + " .\n")
    return "\n".join(told)


def json_v3(rows: list[Row]) -> str:
    cells = [
        {"id": f"r:{row.id} {row.dis}", "dis": f"s:{row.dis}", **dict.fromkeys(row.tags.split(), "m:"),
         **{name: f"r:{other}" for name, other in row.refs.items()}, **_told(row)}
        for row in rows
    ]  # fmt: skip
    return json.dumps({"meta": {"ver": "3.0"}, "cols": [{"name": name} for name in _columns(rows)], "rows": cells})


def hayson(rows: list[Row]) -> str:
    marker = {"_kind": "marker"}
    cells = [
        {"id": {"_kind": "ref", "val": row.id}, "dis": row.dis, **dict.fromkeys(row.tags.split(), marker),
         **{name: {"_kind": "ref", "val": other} for name, other in row.refs.items()}, **_told(row)}
        for row in rows
    ]  # fmt: skip
    return json.dumps({"_kind": "grid", "meta": {"ver": "3.0"}, "cols": [], "rows": cells}, ensure_ascii=False)


def _told(row: Row) -> dict[str, str]:
    return {name: value for name, value in (("unit", row.unit), ("kind", row.kind)) if value}


def _columns(rows: list[Row]) -> list[str]:
    names = dict.fromkeys(name for row in rows for name in (*row.tags.split(), *row.refs))
    return ["id", "dis", *names, "unit", "kind"]


def zinc(rows: list[Row], version: str = "3.0") -> str:
    columns = _columns(rows)
    told = [f'ver:"{version}" dis:"A site, as it is read"', ",".join(columns)]
    for row in rows:
        cells = {"id": f'@{row.id} "{row.dis}"', "dis": f'"{row.dis}"', **dict.fromkeys(row.tags.split(), "M")}
        cells |= {name: f"@{other}" for name, other in row.refs.items()}
        cells |= {name: f'"{value}"' for name, value in _told(row).items()}
        told.append(",".join(cells.get(name, "") for name in columns))
    return "\n".join(told) + "\n"


def trio(rows: list[Row]) -> str:
    """With texts in quotation marks only where they would be something else."""
    told = ["// A site, as people write it"]
    for row in rows:
        lines = [
            f"id:@{row.id}",
            f"dis: {row.dis}",
            *row.tags.split(),
            *(f"{name}: @{other}" for name, other in row.refs.items()),
        ]
        told += [
            *lines,
            *(f'{name}:"{value}"' for name, value in _told(row).items()),
            "doc:",
            "  Checked in spring.",
            "  Belt is new.",
            "---",
        ]
    return "\n".join(told) + "\n"


def csv(rows: list[Row]) -> str:
    columns = _columns(rows)
    told = [",".join(columns)]
    for row in rows:
        cells = {"id": f"@{row.id} {row.dis}", "dis": row.dis, **dict.fromkeys(row.tags.split(), "✓")}
        cells |= {name: f"@{other} Other" for name, other in row.refs.items()} | _told(row)
        told.append(",".join(cells.get(name, "") for name in columns))
    return "\n".join(told) + "\n"


def brick(rows: list[Row]) -> str:
    told = [
        "@prefix brick: <https://brickschema.org/schema/Brick#> .\n@prefix s: <urn:haystack:site-1#> .\n"
        "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
    ]
    for row in rows:
        lines = [f'a brick:{row.class_} ; rdfs:label "{row.dis}"', *([row.brick] if row.brick else [])]
        lines += [f'brick:hasUnit "{row.unit}"'] if row.unit else []
        told.append(f"s:{row.id} " + " ; ".join(lines) + " .")
    return "\n".join(told)
