"""Thirty exports in the manner of building systems, made here from values that are known: five languages, several encodings."""

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

START = datetime(2026, 9, 28, 22, 15, tzinfo=UTC)
ROWS = 40
Truth = list[tuple[datetime, float, float]]


def truth() -> Truth:
    """Two values, every quarter of an hour."""
    return [(START + timedelta(minutes=15 * n), 20 + n / 8 + 0.04, 1200.5 + n) for n in range(ROWS)]


@dataclass(frozen=True, slots=True)
class Export:
    """``series`` are how many of the two values it has; ``unit`` is the first's. ``refused``: words of the sentence where it is none;
    ``states`` are the texts among its values, ``skipped`` how many of the two values stand before those that it has."""

    name: str
    content: bytes
    series: int = 1
    unit: str | None = None
    timezone: str = "UTC"
    refused: str | None = None
    states: frozenset[str] = frozenset()
    skipped: int = 0

    def at(self, folder: Path) -> Path:
        path = folder / self.name
        path.write_bytes(self.content)
        return path


def comma(value: float, digits: int = 2) -> str:
    return f"{value:.{digits}f}".replace(".", ",")


def lines(row: Callable[[datetime, float, float], str | Sequence[str]]) -> str:
    found: list[str] = []
    for at, one, two in truth():
        said = row(at, one, two)
        found += [said] if isinstance(said, str) else said
    return "\n".join(found) + "\n"


GERMAN = ("Jan", "Feb", "Mär", "Apr", "Mai", "Jun", "Jul", "Aug", "Sep", "Okt", "Nov", "Dez")
FRENCH = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
SPANISH = ("ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic")


def exports() -> Iterator[Export]:
    """All of them."""
    yield from _english()
    yield from _german()
    yield from _romance_and_dutch()
    yield from _plain_forms()
    yield from _refused()


def _english() -> Iterator[Export]:
    yield Export("niagara.csv", (
        "history:/Plant1/AHU1_SAT\nTimestamp,Trend Flags,Status,Value (°C)\n"
        + lines(lambda at, a, b: f"{at - timedelta(hours=4):%d-%b-%y %I:%M:%S %p} EDT,{{}},{{ok}},{a:.2f}")
    ).encode(), unit="°C")  # fmt: skip
    yield Export("niagara-wide.csv", (
        "Timestamp,SAT (°F),SAT (°F) Status,kW,kW Status\n"
        + lines(lambda at, a, b: f"{at:%d-%b-%y %I:%M:%S %p} UTC,{a:.2f},{{ok}},{b},{{ok}}")
    ).encode("utf-8-sig"), 2, "°F")  # fmt: skip
    yield Export("metasys.csv", (
        '"Date / Time","Name Path Reference","Object Name","Object Value"\n'
        + lines(lambda at, a, b: (
            f'"{at:%m/%d/%Y %I:%M:%S %p}","site:NAE1/AHU1.SAT","SAT","{a:.2f} deg C"',
            f'"{at:%m/%d/%Y %I:%M:%S %p}","site:NAE1/AHU1.KW","KW","{b:.2f}"',
        ))
    ).encode("utf-16"), 2)  # fmt: skip
    yield Export("siemens.csv", (
        '"Key            Name:Suffix                                Trend Definitions Used"\n"Point_1:","AHU9.SAT","","15 minutes"\n"Point_2:","AHU9.KW","","15 minutes"\n'
        '"Time Interval:","15 Minutes"\n"Date Range:","9/28/2026 00:00:00 - 9/29/2026 23:59:59"\n"Report Timings:","All Hours"\n""\n"<>Date","Time","Point_1","Point_2"\n'
        + lines(lambda at, a, b: f'"{at:%m/%d/%Y}","{at:%H:%M:%S}","{a:.2f}","{b:.2f}"')
        + ' "******************************** End of Report *********************************"\n'
    ).encode(), 2)  # fmt: skip
    yield Export("ebo.csv", (
        "Trend log: AHU1 SAT\nServer: ES1\n\nTimestamp,Value,State\n"
        + lines(lambda at, a, b: f"{at.month}/{at.day}/{at.year} {at:%I:%M:%S %p},{a:.2f},Normal")
    ).encode(), 1)  # fmt: skip
    yield Export("honeywell.csv", (
        "Date,Time,PointName,Value,Quality\n"
        + lines(lambda at, a, b: (f"{at:%d-%b-%Y},{at:%H:%M:%S},AHU1.SAT,{a:.2f},Good", f"{at:%d-%b-%Y},{at:%H:%M:%S},AHU1.KW,{b:.2f},Good"))
    ).encode(), 2)  # fmt: skip
    yield Export("opc.csv", (
        "Tag;Timestamp;Value;Quality\n"
        + lines(lambda at, a, b: f"Channel1.Device1.SAT;{at:%Y-%m-%d %H:%M:%S}.000;{a:.2f};192")
    ).encode())  # fmt: skip
    yield Export("home-assistant.csv", (
        "entity_id,state,last_changed\n"
        + lines(lambda at, a, b: f"sensor.ahu1_sat,{a:.2f},{at:%Y-%m-%dT%H:%M:%S.000Z}")
        + "sensor.ahu1_sat,unavailable,2026-09-30T10:00:00.000Z\n"
    ).encode())  # fmt: skip
    yield Export("zone-column.csv", (
        "Day,Clock,TZ,SAT degC\n" + lines(lambda at, a, b: f"{at + timedelta(hours=2):%d/%m/%Y,%H:%M},CEST,{a:.2f}")
    ).encode(), unit="°C")  # fmt: skip


def _german() -> Iterator[Export]:
    yield Export("desigo.csv", (
        "Trendbericht;Gebäude Süd\nErstellt am;30.09.2026\n\nZeitstempel;Vorlauftemperatur [°C];Qualität\n"
        + lines(lambda at, a, b: f"{at:%d.%m.%Y %H:%M:%S};{comma(a)};gut")
    ).encode("cp1252"), unit="°C")  # fmt: skip
    yield Export("wago.csv", (
        "Datum;Uhrzeit;Vorlauf;Zähler\n;;°C;kWh\n" + lines(lambda at, a, b: f"{at:%d.%m.%Y;%H:%M:%S};{comma(a)};{comma(b)}")
    ).encode("latin-1"), 2, "°C")  # fmt: skip
    yield Export("beckhoff.txt", (
        "Name\tScope Export\nDatei\tC:\\TwinCAT\\Anlage.tclog\n\nZeit\tMAIN.fVorlauf\tMAIN.fLeistung\n"
        + lines(lambda at, a, b: f"{at:%Y-%m-%d %H:%M:%S}.{0:03}\t{comma(a)}\t{comma(b)}")
    ).encode("utf-16-le"), 2)  # fmt: skip
    yield Export("excel-german.csv", (
        "sep=;\r\nZeit;Vorlauf °C;Pumpe\r\n" + lines(lambda at, a, b: f"{at.day}. {GERMAN[at.month - 1]} {at.year} {at:%H:%M};{comma(a)};Ein")
    ).replace("\n", "\r\n").replace("\r\r", "\r").encode("cp1252"), unit="°C")  # fmt: skip
    yield Export("energie.csv", (
        "Zählpunkt;Datum;Zeit bis;Verbrauch\nDE000123;;;kWh\n"
        + lines(lambda at, a, b: f"DE000123;{(at - timedelta(minutes=1)):%d.%m.%y};{'24:00' if at.hour == at.minute == 0 else f'{at:%H:%M}'};{comma(a)}")
        + "Summe;;;901,60\n"
    ).encode("cp1252"), unit="kWh")  # fmt: skip
    yield Export("mittelwert.csv", (
        "Zeitpunkt;Wert;Status\n" + lines(lambda at, a, b: f"{at:%d.%m.%Y %H:%M};{comma(a)};gültig") + "Mittelwert;22,44;\nMaximum;24,92;\n"
    ).encode("utf-8"))  # fmt: skip


def _romance_and_dutch() -> Iterator[Export]:
    yield Export("schneider-fr.csv", (
        "Horodatage;Température départ (°C);Qualité\n" + lines(lambda at, a, b: f"{at:%d/%m/%Y %H:%M};{comma(a)};bon")
    ).encode("cp1252"), unit="°C")  # fmt: skip
    yield Export("releve-fr.csv", (
        "Relevé du bâtiment A\n\nHeure\tDébit (m³/h)\tÉnergie (kWh)\n"
        + lines(lambda at, a, b: f"{at.day} {FRENCH[at.month - 1]} {at.year} {at:%Hh%M}\t{comma(a)}\t{comma(b)}")
    ).encode("utf-16"), 2, "m³/h")  # fmt: skip
    yield Export("siemens-es.csv", (
        "Informe de tendencias\nFecha;Hora;Temperatura impulsión (°C);Humedad (%)\n"
        + lines(lambda at, a, b: f"{at:%d/%m/%Y;%H:%M:%S};{comma(a)};{comma(b)}") + "Fin del informe\n"
    ).encode("latin-1"), 2, "°C")  # fmt: skip
    yield Export("registro-es.csv", (
        "fecha y hora,punto,valor,unidad\n"
        + lines(lambda at, a, b: f'{at.day} {SPANISH[at.month - 1]} {at.year} {at:%I:%M} {"a. m." if at.hour < 12 else "p. m."},UTA1 impulsión,"{comma(a)}",°C')
    ).encode("utf-8"), unit="°C")  # fmt: skip
    yield Export("storico-it.csv", (
        "Data;Ora;Temperatura mandata [°C]\n" + lines(lambda at, a, b: f"{at:%d-%m-%Y;%H.%M.%S};{comma(a)}")
    ).encode("utf-8-sig"), unit="°C")  # fmt: skip
    yield Export("priva-nl.csv", (
        "Tijdstip|Meetpunt|Waarde|Eenheid\n" + lines(lambda at, a, b: (f"{at:%d-%m-%Y %H:%M:%S}|aanvoer|{comma(a)}|°C", f"{at:%d-%m-%Y %H:%M:%S}|vermogen|{comma(b)}|kW"))
    ).encode("cp1252"), 2, "°C")  # fmt: skip


def _plain_forms() -> Iterator[Export]:
    yield Export("influx.csv", (
        "#group,false,false,true,false,true,true\n#datatype,string,long,dateTime:RFC3339,double,string,string\n#default,_result,,,,,\n,result,table,_time,_value,_field,host\n"
        + lines(lambda at, a, b: f",,0,{at:%Y-%m-%dT%H:%M:%SZ},{a:.2f},sat,ahu1")
    ).encode())  # fmt: skip
    yield Export("grafana.csv", (
        '"Time","AHU1 SAT"\n' + lines(lambda at, a, b: f'"{at:%Y-%m-%d %H:%M:%S}","{a:.2f} °C"')
    ).encode())  # fmt: skip
    yield Export("pandas.csv", (
        ",index,time,sat,kw\n" + "".join(f"{n},{n},{at:%Y-%m-%d %H:%M:%S+00:00},{a:.2f},{b}\n" for n, (at, a, b) in enumerate(truth()))
    ).encode(), 2)  # fmt: skip
    yield Export(
        "epoch.csv", ("ts,sat,kw\n" + lines(lambda at, a, b: f"{int(at.timestamp() * 1000)},{a:.2f},{b}")).encode(), 2
    )
    yield Export(
        "logger.txt",
        ("Date Time SAT kW\n" + lines(lambda at, a, b: f"{at:%Y/%m/%d   %H:%M:%S}   {a:.2f}  {b}")).encode(),
        2,
    )
    yield Export("newest-first.csv", (
        "When,SAT\n" + "".join(reversed(lines(lambda at, a, b: f"{at:%m/%d/%Y %H:%M},{a:.2f}").splitlines(keepends=True)))
    ).encode())  # fmt: skip
    yield Export("workbook.xlsx", workbook([
        ["Trend of AHU-1"], [], ["Time", "SAT [°C]", "Energy [kWh]"],
        *[[(at - datetime(1899, 12, 30, tzinfo=UTC)).total_seconds() / 86_400, a, b] for at, a, b in truth()],
    ]), 2, "°C")  # fmt: skip
    yield Export("serials.csv", (
        "time,sat\n" + lines(lambda at, a, b: f"{(at - datetime(1899, 12, 30, tzinfo=UTC)).total_seconds() / 86_400:.6f},{a:.2f}")
    ).encode())  # fmt: skip


def _refused() -> Iterator[Export]:
    hours = ",".join(f"{hour:02}:00" for hour in range(24))
    yield Export(
        "hours-across.csv",
        (f"Date,{hours}\n" + "".join(f"2026-09-{day:02},{','.join(['1.5'] * 24)}\n" for day in range(1, 9))).encode(),
        refused="a column for each time of the day",
    )
    yield Export("no-times.csv", b"Room,Temperature\nA,21.5\nB,22.5\n", refused="no column of times")


def workbook(rows: Sequence[Sequence[object]]) -> bytes:
    """A workbook of one sheet, whose numbers in the first column are times."""
    cells = "".join(
        f"<row>{''.join(_cell(value, first=place == 0) for place, value in enumerate(row))}</row>" for row in rows
    )
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{kinds}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{kinds}"><sheets><sheet name="Trend" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{kinds}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{kinds}/styles" Target="styles.xml"/></Relationships>',
        "xl/styles.xml": f'<styleSheet {main}><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="22"/></cellXfs></styleSheet>',
        "xl/worksheets/sheet1.xml": f"<worksheet {main}><sheetData>{cells}</sheetData></worksheet>",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name, text in parts.items():
            file.writestr(name, text)
    return buffer.getvalue()


def _cell(value: object, *, first: bool) -> str:
    if isinstance(value, str):
        return f'<c t="inlineStr"><is><t>{escape(value)}</t></is></c>'
    return f'<c s="{int(first)}"><v>{value!r}</v></c>'
