"""Thirty-two exports in the manner of data loggers, meters, utilities and supervisors, made from the same known values: seven languages, five encodings."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tests.ingestion.tables.exports import Export, comma, lines, truth, workbook

_QUARTER = timedelta(minutes=15)


def logger_exports() -> Iterator[Export]:
    """All of them."""
    yield from _loggers()
    yield from _supervisors()
    yield from _central_european()
    yield from _inverters_and_meters()
    yield from _utilities()
    yield from _across()


def _loggers() -> Iterator[Export]:
    serial = "(LGR S/N: 20123456, SEN S/N: 20123456)"
    yield Export("hobo.csv", (
        f'"Plot Title: AHU1"\n"#","Date Time, GMT-04:00","Temp, °C {serial}","Power, kW {serial}","Coupler Detached (LGR S/N: 20123456)","End Of File (LGR S/N: 20123456)"\n'
        + "".join(f"{n},{at - timedelta(hours=4):%m/%d/%y %I:%M:%S %p},{a:.2f},{b},,\n" for n, (at, a, b) in enumerate(truth(), 1))
        + "41,09/29/26 04:20:00 AM,,,Logged,Logged\n"
    ).encode("utf-8-sig"), 2, "°C")  # fmt: skip
    yield Export("campbell.dat.csv", (
        '"TOA5","CR1000","CR1000","1234","CR1000.Std.27","CPU:plant.CR1","5678","Table1"\n"TIMESTAMP","RECORD","AirTC_Avg","Power"\n"TS","RN","Deg C","kW"\n"","","Avg","Smp"\n'
        + "".join(f'"{at:%Y-%m-%d %H:%M:%S}",{n + 311},{a:.2f},{b}\n' for n, (at, a, b) in enumerate(truth()))
    ).encode(), 2, "°C")  # fmt: skip
    yield Export("yokogawa.csv", (
        "Model,GX20\nSerial No.,S5T101\n\nDate,Time,msec,CH001,CH002\n,,,°C,kW\n"
        + lines(lambda at, a, b: f"{at:%Y/%m/%d,%H:%M:%S},000,{a:.2f},{b}")
    ).encode("cp1252"), 2, "°C")  # fmt: skip
    yield Export("enocean.csv", (
        "Timestamp;SenderID;EEP;Temperature;RSSI\n" + lines(lambda at, a, b: f"{at:%d.%m.%Y %H:%M:%S};018A4F2C;A5-02-05;{comma(a)} °C;")
    ).encode("latin-1"), unit="°C")  # fmt: skip
    yield Export("testo.csv", (
        "Gerät: testo 175\nSeriennummer: 40123456\n\nId;Datum / Uhrzeit;C1 [°C]\n"
        + "".join(f"{n};{at:%d.%m.%Y %H:%M:%S};{comma(a)}\n" for n, (at, a, _) in enumerate(truth(), 1))
    ).encode("utf-16"), unit="°C")  # fmt: skip
    yield Export(
        "emoncms.csv", lines(lambda at, a, b: f"{int(at.timestamp())},{a:.2f}").encode()
    )  # fmt: skip


def _supervisors() -> Iterator[Export]:
    yield Export("ignition.csv", (
        '"t_stamp","AHU1/SAT","AHU1/KW"\n' + lines(lambda at, a, b: f'"{at:%a %b %d %H:%M:%S} UTC {at:%Y}","{a:.2f}","{b}"')
    ).encode(), 2)  # fmt: skip
    yield Export("pi.csv", (
        "Tag,Timestamp,Value\n" + lines(lambda at, a, b: f"AHU1.SAT,{at:%d-%b-%y %H:%M:%S},{a:.2f}")
        + "AHU1.SAT,29-Sep-26 08:15:00,I/O Timeout\nAHU1.SAT,29-Sep-26 08:30:00,No Data\n"
    ).encode())  # fmt: skip
    yield Export("trend-iq.csv", (
        '"Site: Riverside","Outstation 12","S1 Supply Temp","DegC"\n' + lines(lambda at, a, b: f"{at:%d/%m/%Y,%H:%M:%S},{a:.2f}")
    ).encode())  # fmt: skip
    yield Export("webctrl.csv", (
        "Trend:,#ahu1/sat\nLocation:,Riverside / AHU-1\n\nDate,Excel Time,SAT (°F),Notes\n"
        + lines(lambda at, a, b: f"{at:%m/%d/%Y %H:%M:%S},{(at - datetime(1899, 12, 30, tzinfo=UTC)).total_seconds() / 86_400:.8f},{a:.2f},")
    ).encode("cp1252"), unit="°F")  # fmt: skip
    yield Export("delta.csv", (
        '"Sample","Date/Time","Value"\n' + "".join(f'"{n}","{at:%d-%b-%Y %H:%M:%S}.00","{a:.2f}"\n' for n, (at, a, _) in enumerate(truth(), 5_001))
    ).encode())  # fmt: skip
    yield Export("thousands.csv", (
        "Report Time,SAT (degF),Demand (kW)\n" + lines(lambda at, a, b: f'{at:%m/%d/%Y %H:%M},{a:.2f},"{b:,.1f}"')
        + "Average,22.48,\nTotal,,\"48,800.0\"\n"
    ).encode(), 2, "°F")  # fmt: skip
    yield Export("metasys-wide.csv", (
        '"Time","NAE1/FC-1.AHU1.SAT","NAE1/FC-1.AHU1.SAT Reliability","NAE1/FC-1.AHU1.KW","NAE1/FC-1.AHU1.KW Reliability"\n'
        + lines(lambda at, a, b: f'"{at.month}/{at.day}/{at.year} {at:%I:%M:%S %p}","{a:.2f} deg F","Reliable","{b} kW","Reliable"')
    ).encode("utf-16-le"), 2, "°F")  # fmt: skip
    yield Export("ebo-fr.csv", (
        "Journal de tendance\tCTA1 soufflage\nServeur\tAS-P 1\n\nHorodateur\tValeur\tÉtat\tÉvénement\n"
        + lines(lambda at, a, b: f"{at:%d/%m/%Y %H:%M:%S}\t{comma(a)}\tNormal\t")
    ).encode("utf-16"), states=frozenset({"Normal"}))  # fmt: skip


def _central_european() -> Iterator[Export]:
    yield Export("wincc.csv", (
        '"VarName";"TimeString";"VarValue";"Validity";"Time_ms"\n'
        + lines(lambda at, a, b: (
            f'"Vorlauf";"{at:%d.%m.%Y %H:%M:%S}";{comma(a)};1;{comma((at - datetime(1899, 12, 30, tzinfo=UTC)).total_seconds() / 0.0864, 4)}',
            f'"Leistung";"{at:%d.%m.%Y %H:%M:%S}";{comma(b)};1;{comma((at - datetime(1899, 12, 30, tzinfo=UTC)).total_seconds() / 0.0864, 4)}',
        ))
        + '"$RT_OFF$";"29.09.2026 08:15:00";0;2;46294343750,0000\n'
    ).encode("cp1252"), 2)  # fmt: skip
    yield Export("kieback.csv", (
        "Kieback&Peter DDC4000;Trendexport\nProjekt;Rathaus Köln\n\nDatum;Zeit;Vorlauf HK1;Status;Leistung;Status\n;;°C;;kW;\n"
        + lines(lambda at, a, b: f"{at:%d.%m.%y;%H:%M:%S};{comma(a)};OK;{comma(b)};OK")
    ).encode("latin-1"), 2, "°C")  # fmt: skip
    yield Export("loytec.csv", (
        "# LOYTEC Trend Log;LINX-150\n# Log;AHU1_SAT\nSequence;Source;Record Type;Timestamp;Value;Error\n"
        + "".join(f"{n};AHU1_SAT;value;{at:%Y-%m-%d %H:%M:%S};{a:.2f};0\n" for n, (at, a, _) in enumerate(truth(), 77))
    ).encode("utf-8"))  # fmt: skip
    yield Export("swiss.csv", (
        "Zeitstempel;Vorlauf [°C];Leistung [kW]\n" + lines(lambda at, a, b: f"{at:%d.%m.%Y %H:%M};{a:.2f};{f'{b:,.1f}'.replace(',', chr(39))}")
    ).encode("cp1252"), 2, "°C")  # fmt: skip
    yield Export("danfoss.csv", (
        "Zeit\tKühlraum 1 °C\tVerdichter\n" + lines(lambda at, a, b: f"{at:%d.%m.%Y %H:%M}\t{comma(a)}\t---")
    ).encode("cp1252"), unit="°C")  # fmt: skip
    yield Export("polish.csv", (
        "Czas;Temperatura zasilania [°C];Jakość\n" + lines(lambda at, a, b: f"{at:%Y-%m-%d %H:%M:%S};{comma(a)};dobra")
    ).encode("cp1250"), unit="°C")  # fmt: skip
    yield Export("desigo-cc.csv", (
        "Name;Beschreibung;Datum/Zeit;Wert;Einheit;Qualität\n"
        + lines(lambda at, a, b: (f"B01'AHU01'SuTSen;Zulufttemperatur;{at:%d.%m.%Y %H:%M:%S};{comma(a)};°C;Gut", f"B01'AHU01'Pwr;Leistung;{at:%d.%m.%Y %H:%M:%S};{comma(b)};kW;Gut"))
    ).encode("utf-8-sig"), 2, "°C")  # fmt: skip
    yield Export("priva-two-lines.csv", (
        "Priva Top Control\nGrafiek: CV\n\nDatum;Tijd;Aanvoer;Vermogen\ndd-mm-jjjj;uu:mm;°C;kW\n" + lines(lambda at, a, b: f"{at:%d-%m-%Y;%H:%M};{comma(a)};{comma(b)}")
    ).encode("cp1252"), 2, "°C")  # fmt: skip


def _inverters_and_meters() -> Iterator[Export]:
    yield Export("sma.csv", (
        "sep=;\nVersion CSV1|Tool SE1.3|Linebreaks CR/LF|Delimiter semicolon|Decimalpoint comma|Precision 3\n\n"
        ";SN: 2130012345;SN: 2130012345\n;SB 5000TL-21;SB 5000TL-21\n;2130012345;2130012345\n;Total yield;Power\n;Counter;Analog\ndd/MM/yyyy HH:mm:ss;kWh;kW\n"
        + lines(lambda at, a, b: f"{at:%d/%m/%Y %H:%M:%S};{comma(a)};{comma(b)}")
    ).replace("\n", "\r\n").encode("cp1252"), 2, "kWh")  # fmt: skip
    yield Export("fronius.csv", (
        "Datum und Uhrzeit;Energie | Symo 10.0-3-M (1);Leistung | Symo 10.0-3-M (1)\n[dd.MM.yyyy HH:mm];[Wh];[W]\n"
        + lines(lambda at, a, b: f"{at:%d.%m.%Y %H:%M};{comma(a)};{comma(b)}")
    ).encode("utf-8-sig"), 2, "Wh")  # fmt: skip
    yield Export("janitza.csv", (
        '"Gerät";"UMG 604"\n"Messwert";"Wirkenergie"\n\n"Startzeit";"Endzeit";"Wirkenergie Summe L1-L3 [kWh]"\n'
        + lines(lambda at, a, b: f'"{at:%d.%m.%Y %H:%M:%S}";"{at + _QUARTER:%d.%m.%Y %H:%M:%S}";"{comma(a)}"')
    ).encode("cp1252"), unit="kWh")  # fmt: skip
    yield Export("powerlogic.csv", (
        "Gateway Name,Gateway SN,Gateway IP Address,Device Name,Device Type Name,Logging Interval\nEGX300,12345678,10.0.0.9,Main,PM5560,15\n\n"
        ",,,Topic ID1,Topic ID2\n,,,1617,1619\nError,UTC Offset (minutes),Local Time Stamp,Active energy (kWh),Active Power (kW)\n"
        + lines(lambda at, a, b: f"0,120,{at + timedelta(hours=2):%Y-%m-%d %H:%M:%S},{a:.2f},{b}")
    ).encode(), 2, "kWh", timezone="Europe/Berlin")  # fmt: skip
    yield Export("wago-zaehler.xlsx", workbook([
        ["Zählerexport"], ["Zähler", "Z-01"], [], ["Zeitpunkt", "Zählerstand [kWh]", "Leistung [kW]", "Güte"],
        *[[(at - datetime(1899, 12, 30, tzinfo=UTC)).total_seconds() / 86_400, a, b, "gut"] for at, a, b in truth()],
        ["Summe", 899.1, 48_800, ""],
    ]), 2, "kWh")  # fmt: skip


def _utilities() -> Iterator[Export]:
    yield Export("green-button.csv", (
        'Name,RIVERSIDE LLC\nAddress,"1 MAIN ST, OAKLAND"\nAccount Number,1234567890\nService,Service 1\n\nTYPE,DATE,START TIME,END TIME,USAGE,UNITS,COST,NOTES\n'
        + lines(lambda at, a, b: f"Electric usage,{at:%Y-%m-%d,%H:%M},{at + timedelta(minutes=14):%H:%M},{a:.2f},kWh,,")
    ).encode(), unit="kWh")  # fmt: skip
    yield Export("enedis.csv", (
        "Identifiant PRM;Type de donnees;Date de debut;Date de fin;Grandeur physique;Unite;Pas en minutes\n30001234567890;Courbe de charge;28/09/2026;30/09/2026;Energie active;W;15\n"
        "Horodate;Valeur\n" + lines(lambda at, a, b: f"{at + timedelta(hours=2):%Y-%m-%dT%H:%M:%S}+02:00;{b}")
    ).encode("utf-8-sig"), 1, skipped=1)  # fmt: skip
    yield Export("datadis.csv", (
        "cups;fecha;hora;consumo_kWh;metodoObtencion\n"
        + lines(lambda at, a, b: f"ES0021000012345678AB;{at - timedelta(minutes=1):%Y/%m/%d};{'24:00' if at.hour == at.minute == 0 else f'{at:%H:%M}'};{comma(a)};Real")
    ).encode("cp1252"), unit="kWh")  # fmt: skip


def _across() -> Iterator[Export]:
    half_hours = ",".join(f"HH{n:02}" for n in range(1, 49))
    yield Export(
        "half-hours.csv",
        (f"MPAN,Date,{half_hours}\n" + "".join(f"1200023305967,{day:02}/09/2026,{','.join(['1.5'] * 48)}\n" for day in range(1, 20))).encode(),
        refused="a column for each time of the day",
    )  # fmt: skip
    yield Export(
        "nem12.csv",
        ("100,NEM12,202609300000,MDP1,Retailer\n200,NEM1201009,E1,E1,E1,N1,01009,kWh,15,\n" + "".join(f"300,202609{day:02},{','.join(['1.5'] * 96)},A,,,20260930000000,\n" for day in range(1, 9)) + "900\n").encode(),
        refused="a column for each time of the day",
    )  # fmt: skip
