"""Order books as maintenance systems and people write them: columns, words and times are found, and what was cancelled is no failure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import yaml

from graph_schema.errors import InvalidInput
from ingestion.orders.export_words import export_words, plain
from ingestion.orders.order_file import OrderTable, Reading, read_orders
from ingestion.orders.work_orders import Names, WorkOrder
from ingestion.records.record_map import read_record_map

NOW = datetime(2026, 12, 1, tzinfo=UTC)
NAMES = Names(
    [("p7", "Pump 7", ["Pumpe 7", "Bomba 7", "Pompe 7"]), *((str(n), f"Machine {n}", None) for n in range(1, 101))]
)
PAGE = (Path(__file__).parents[3] / "docs" / "operators" / "work-orders.md").read_text("utf-8")


def read(folder: Path, text: str, encoding: str = "utf-8", name: str = "orders.csv", **how: object) -> OrderTable:
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return read_orders(path, Reading(NAMES, ZoneInfo("Europe/Berlin"), NOW, **how))  # pyright: ignore[reportArgumentType]


def said(table: OrderTable) -> list[tuple[str, str, str, str]]:
    assert table.rejected == []
    return [(one.number, one.kind, one.status, one.priority) for one in table.orders]


BOOKS = {
    "Maximo": """WONUM,DESCRIPTION,ASSETNUM,STATUS,WORKTYPE,WOPRIORITY,REPORTDATE,ACTFINISH,FAILURECODE
1,Trip,Pump 7,CLOSE,EM,1,2026-05-01T08:10:00+02:00,2026-05-01T15:00:00+02:00,BRD
2,Oil,Pump 7,COMP,PM,4,2026-05-02T08:10:00+02:00,2026-05-02T15:00:00+02:00,
3,Twice,Pump 7,CAN,CM,3,2026-05-03T08:10:00+02:00,,VIB
4,Parts,Pump 7,WMATL,CM,2,2026-05-04T08:10:00+02:00,,
""",
    "UpKeep": """WO Number,Work Order Title,Status,Category,Priority,Asset,Created On,Completed On
1,Trip,Complete,Reactive,High,Pump 7,05/21/2026 08:10 AM,05/21/2026 03:00 PM
2,Oil,Complete,Preventative,None,Pump 7,05/22/2026 08:10 AM,05/22/2026 03:00 PM
3,Twice,Canceled,Damage,Low,Pump 7,05/23/2026 08:10 AM,
4,Parts,On Hold,Emergency,Medium,Pump 7,05/24/2026 08:10 AM,
""",
    "Fiix": """Work Order No;Summary;Assets;Work Order Status;Maintenance Type;Priority;Date Created;Date Completed;Asset
1;Trip;x;Closed, Completed;Breakdown;Highest;2026-05-01 08:10;2026-05-01 15:00;Pump 7
2;Oil;x;Closed, Completed;Preventive;Lowest;2026-05-02 08:10;2026-05-02 15:00;Pump 7
3;Twice;x;Closed, Incomplete;Corrective;Medium;2026-05-03 08:10;2026-05-03 09:00;Pump 7
4;Parts;x;On Hold;Corrective;High;2026-05-04 08:10;;Pump 7
""",
    "Limble": """Task ID,Task Name,Asset Name,Type,Status,Priority,Created Date,Completed Date
1,Trip,Pump 7,Unplanned,Completed,High,2026-05-01,2026-05-01
2,Oil,Pump 7,PM,Completed,Low,2026-05-02,2026-05-02
3,Twice,Pump 7,Unplanned,Deleted,Medium,2026-05-03,2026-05-03
4,Parts,Pump 7,Unplanned,Waiting for Parts,Medium,2026-05-04,
""",
    "MaintainX": """ID,Title,Status,Priority,Asset,Work Type,Created on,Completed on
1,Trip,Done,High,Pump 7,Reactive,2026-05-01T08:10:00Z,2026-05-01T15:00:00Z
2,Oil,Done,None,Pump 7,Preventive,2026-05-02T08:10:00Z,2026-05-02T15:00:00Z
3,Twice,Skipped,Low,Pump 7,Reactive,2026-05-03T08:10:00Z,
4,Parts,On Hold,Medium,Pump 7,Other,2026-05-04T08:10:00Z,
""",
}


@pytest.mark.parametrize("system", BOOKS)
def test_the_exports_of_maintenance_systems_are_read_as_they_are(tmp_path: Path, system: str):
    rows = said(read(tmp_path, BOOKS[system]))
    assert [status for _, _, status, _ in rows] == ["done", "done", "cancelled", "on_hold"]
    assert [kind for _, kind, _, _ in rows[:3]] == ["corrective", "preventive", "corrective"]
    assert rows[0][3] in ("high", "urgent")
    assert rows[1][3] in ("low", "medium")


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("""Auftragsnr.;Anlage;Auftragsart;Status;Gemeldet am;Abgeschlossen am;Priorität
1;Pumpe 7;Störung;abgeschlossen;13.02.2026 08:15;14.02.2026;hoch
2;Pumpe 7;vorbeugende Wartung;erledigt;15.02.2026;16.02.2026;niedrig
3;Pumpe 7;ungeplant;storniert;20.02.2026;;mittel
4;Pumpe 7;Prüfung;in Arbeit;21.02.2026;;dringend
""", "cp1252"),
        ("""Nº de orden;Equipo;Tipo de mantenimiento;Estado;Fecha de creación;Fecha de cierre;Prioridad
1;Bomba 7;Avería;cerrada;13/02/2026 08:15;14/02/2026 10:00;alta
2;Bomba 7;Preventivo;terminada;15/02/2026;16/02/2026;baja
3;Bomba 7;No planificado;anulada;20/02/2026;;media
4;Bomba 7;Inspección;en curso;21/02/2026;;urgente
""", "utf-8-sig"),
        ("""N° d'ordre;Équipement;Type de maintenance;Statut;Créé le;Clôturé le;Priorité
1;Pompe 7;Dépannage;clôturé;13/02/2026 08:15;14/02/2026 10:00;élevée
2;Pompe 7;Préventif;terminé;15/02/2026;16/02/2026;basse
3;Pompe 7;Non planifié;annulé;20/02/2026;;moyenne
4;Pompe 7;Contrôle;en cours;21/02/2026;;urgente
""", "latin-1"),
    ],
)  # fmt: skip
def test_german_spanish_and_french_books_are_read(tmp_path: Path, text: str, encoding: str):
    table = read(tmp_path, text, encoding)
    assert said(table) == [
        ("1", "corrective", "done", "high"), ("2", "preventive", "done", "low"), ("3", "corrective", "cancelled", "medium"), ("4", "inspection", "in_progress", "urgent"),
    ]  # fmt: skip
    assert table.orders[0].opened_at == datetime(2026, 2, 13, 7, 15, tzinfo=UTC)
    assert table.orders[1].closed_at == datetime(2026, 2, 15, 23, tzinfo=UTC)  # a date alone is midnight there


def test_an_order_that_says_done_and_no_end_is_told(tmp_path: Path):
    table = read(
        tmp_path,
        "wo,asset,type,status,created,completed\n1,p7,CM,Closed,2026-01-01,\n2,p7,CM,Closed,2026-01-01,2026-01-02\n",
    )
    assert [(one.line, one.why) for one in table.rejected] == [(2, "it is done, and has no closed_at")]


def test_the_number_of_an_asset_or_its_name_will_do(tmp_path: Path):
    table = read(tmp_path, "wo,equipment_id,equipment_name,type,completed\n1,EQ-9931,Pump 7,CM,2026-01-01\n")
    assert [one.asset for one in table.orders] == ["p7"]


def test_a_book_without_numbers_gets_its_own_the_same_each_time(tmp_path: Path):
    text = "datetime,machineID,failure\n2026-01-05 06:00:00,1,comp4\n2026-01-05 06:00:00,1,comp2\n"
    tables = [read(tmp_path, text, given={"planned": "no"}) for _ in range(2)]
    numbers = [one.number for one in tables[0].orders]
    assert numbers == ["1 2026-01-05T05:00 comp4", "1 2026-01-05T05:00 comp2"]
    assert tables[1].orders == tables[0].orders
    with pytest.raises(InvalidInput, match="nothing says whether it was planned"):
        read(tmp_path, text)


def test_no_word_of_the_list_says_two_things():
    path = Path(__file__).parents[3] / "ingestion" / "orders" / "export_words.yaml"
    content = yaml.safe_load(path.read_text("utf-8"))
    for section in ("kinds", "statuses", "priorities"):
        words = [
            plain(str(one))
            for ours, theirs in content[section].items()
            for one in [plain(ours), *(x for x in map(str, theirs) if plain(x) != plain(ours))]
        ]
        assert sorted({one for one in words if words.count(one) > 1}) == []
        assert all(isinstance(one, str) for theirs in content[section].values() for one in theirs)
    assert all(plain(one) == one for theirs in export_words().columns.values() for one in theirs)


def test_the_documented_book_and_map_are_read(tmp_path: Path):
    (book,) = re.findall(r"`orders.csv`:\n\n```csv\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    (map_,) = re.findall(r"`book.yaml`:\n\n```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    (tmp_path / "book.yaml").write_text(map_, "utf-8")
    wanted = read_record_map(tmp_path / "book.yaml")
    table = read(tmp_path, book, columns=wanted.columns, values=wanted.values)
    assert table.rejected == []
    assert [(one.kind, one.status, one.code) for one in table.orders] == [
        ("corrective", "done", "ELP"), ("preventive", "done", None), ("corrective", "cancelled", "VIB"), ("corrective", "open", None),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["PdM_failures.csv", "PdM_maint.csv"])
def test_public_records_of_machines_are_read_whole(shared_data: Path, name: str):
    how = Reading(NAMES, ZoneInfo("UTC"), NOW, given={"planned": "no" if "fail" in name else "yes"})
    table = read_orders(shared_data / "azure_pdm" / name, how)
    assert table.rejected == []
    assert len(table.orders) > 700
    assert {one.planned for one in table.orders} == {"maint" in name}


def test_a_public_table_is_read_without_a_word_about_it(shared_data: Path):
    chillers = ["04006", "04007", "04009", "04010", "04012", "04013", "04014", "04701", "04702", "04703", "04704"]
    how = Reading(Names([(f"CWC{one}", None, None) for one in chillers]), ZoneInfo("UTC"), NOW)
    table = read_orders(shared_data / "assetops" / "all_wo_with_code_component_events.csv", how)
    assert (len(table.orders), table.rejected) == (4249, [])
    assert sum(not one.planned for one in table.orders) == 720
    assert table.times.form == "%m/%d/%y %H:%M"
    assert table.orders[0] == WorkOrder(
        "WO259747", "CWC04013", "preventive", closed_at=datetime(2016, 4, 6, 14, tzinfo=UTC), code="MT010", priority="low",
        text="Oil Analysis and more specific Routine Oil Analysis related to compressor",
    )  # fmt: skip
