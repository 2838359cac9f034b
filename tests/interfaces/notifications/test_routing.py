"""Who is on call, whom a trouble concerns, and when each is told."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from graph_schema.errors import InvalidInput
from interfaces.notifications.book import Book, Priority, read_book
from interfaces.notifications.rota import Override, Rota
from interfaces.notifications.routing import MOST_REMINDERS, Duty, Notice, Trouble, notices

BERLIN = ZoneInfo("Europe/Berlin")
BOOK = """
people:
  ann: {role: technician, reached_by: "mailto://127.0.0.1?to=ann@plant.example", quiet: "22:00-06:00"}
  bob: {role: technician, reached_by: ["json://127.0.0.1/${BOB}"]}
  cy: {role: manager, language: de, reached_by: []}
hours:
  working: {hours: "07:00-17:00", days: mon-fri}
rotas:
  plant: {people: [ann, bob], first: 2026-11-30}
routes:
  - {priority: [high, urgent], to: on call plant, then: [{after: 15 min, to: bob}, {after: 30 min, to: role manager}], remind: 4 h}
  - {priority: [low, medium], to: role technician, hold: working}
  - {of: approval, to: role manager}
  - {of: work_order, priority: [high], to: assignee}
otherwise: cy
"""


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return read_from(BOOK, tmp_path)


def read_from(text: str, folder: Path) -> Book:
    file = folder / "notify.yaml"
    file.write_text(text)
    return read_book(file, {"BOB": "secret"})


def trouble(at: str, priority: Priority = "high") -> Trouble:
    return Trouble("incident:1", "alarm", priority, berlin(at))


def told(found: object, stage: str) -> list[tuple[str, datetime]]:
    return [(one.person, one.due_at) for one in found if one.stage == stage]  # type: ignore[attr-defined]


def test_a_rota_hands_over_by_the_clock_in_every_week() -> None:
    rota = Rota("plant", ["ann", "bob", "cy"], date(2026, 10, 19))
    turns = {
        "2026-10-19T08:00": "ann",
        "2026-10-26T07:59": "ann",
        "2026-10-26T08:00": "bob",
        "2026-11-09T08:00": "ann",
        "2026-10-19T07:59": "cy",
    }
    assert {at: rota.at(berlin(at), BERLIN) for at in turns} == turns


def test_an_override_counts_and_the_newest_of_two() -> None:
    rota = Rota("plant", ["ann"], date(2026, 11, 30))
    whole = Override("plant", "bob", berlin("2026-12-01T00:00"), berlin("2026-12-03T00:00"), 1)
    nobody = Override("plant", None, berlin("2026-12-02T00:00"), berlin("2026-12-02T12:00"), 2)
    other = Override("boilers", "cy", berlin("2026-12-01T00:00"), berlin("2026-12-03T00:00"), 3)
    moments = ("2026-12-01T10:00", "2026-12-02T10:00", "2026-12-02T12:00", "2026-12-03T00:00")
    assert [rota.at(berlin(at), BERLIN, [nobody, whole, other]) for at in moments] == ["bob", None, "bob", "ann"]


def test_who_is_on_call_is_told_and_others_if_nobody_takes_it_on(book: Book) -> None:
    found = notices(trouble("2026-12-01T10:00"), book, Duty(BERLIN))
    assert told(found, "raised") == [("ann", berlin("2026-12-01T10:00"))]
    assert told(found, "escalated") == [("bob", berlin("2026-12-01T10:15")), ("cy", berlin("2026-12-01T10:30"))]
    reminders = told(found, "reminder")
    assert reminders[0] == ("ann", berlin("2026-12-01T14:00"))
    assert len(reminders) == len({one.turn for one in found if one.stage == "reminder"}) == MOST_REMINDERS


def test_with_nobody_on_call_somebody_else_is_told_and_why(book: Book) -> None:
    nobody = Override("plant", None, berlin("2026-12-01T00:00"), berlin("2026-12-02T00:00"))
    found = notices(trouble("2026-12-01T10:00"), book, Duty(BERLIN, overrides=[nobody]))
    assert [one for one in found if one.stage == "raised"] == [
        Notice("cy", "raised", berlin("2026-12-01T10:00"), "route 1: nobody on call")
    ]
    assert told(found, "escalated") == [("bob", berlin("2026-12-01T10:15"))]


def test_what_can_wait_waits_for_working_hours(book: Book) -> None:
    found = notices(trouble("2026-12-04T20:00", "low"), book, Duty(BERLIN))
    assert told(found, "raised") == [("ann", berlin("2026-12-07T07:00")), ("bob", berlin("2026-12-07T07:00"))]


def test_quiet_hours_hold_back_all_but_what_is_urgent(book: Book) -> None:
    night = "2026-12-01T23:00"
    assert told(notices(trouble(night), book, Duty(BERLIN)), "raised") == [("ann", berlin("2026-12-02T06:00"))]
    assert told(notices(trouble(night, "urgent"), book, Duty(BERLIN)), "raised") == [("ann", berlin(night))]


def test_a_role_is_that_of_the_account_where_there_is_one(book: Book) -> None:
    approval = Trouble("proposal:P-1", "approval", "medium", berlin("2026-12-01T10:00"))
    assert [one.person for one in notices(approval, book, Duty(BERLIN))] == ["cy"]
    assert [one.person for one in notices(approval, book, Duty(BERLIN, {"bob": "manager", "cy": "viewer"}))] == ["bob"]


def test_work_is_told_to_whose_it_is(book: Book) -> None:
    order = Trouble("order:1", "work_order", "high", berlin("2026-12-01T10:00"), people=("bob",))
    assert [one.person for one in notices(order, book, Duty(BERLIN))] == ["bob"]
    assert [one.person for one in notices(replace(order, people=("who",)), book, Duty(BERLIN))] == ["cy"]


def test_a_trouble_that_no_route_is_for_is_told_to_who_is_named_for_that(book: Book) -> None:
    found = notices(Trouble("order:1", "work_order", "low", berlin("2026-12-01T10:00")), book, Duty(BERLIN))
    assert found == [Notice("cy", "raised", berlin("2026-12-01T10:00"), "otherwise")]


def test_a_route_may_be_for_some_assets_and_some_hours(tmp_path: Path) -> None:
    text = BOOK.replace("otherwise: cy", "") + "  - {of: work_order, within: chw, during: working, to: ann}\n"
    book = read_from(text, tmp_path)
    at = berlin("2026-12-01T10:00")
    assert notices(Trouble("order:1", "work_order", "low", at, frozenset({"chiller-1", "chw"})), book, Duty(BERLIN))
    assert not notices(Trouble("order:1", "work_order", "low", at, frozenset({"ahu-1"})), book, Duty(BERLIN))
    assert not notices(
        Trouble("order:1", "work_order", "low", at + timedelta(hours=9), frozenset({"chw"})), book, Duty(BERLIN)
    )


def test_an_address_takes_its_secret_from_the_environment(book: Book) -> None:
    assert book.people["bob"].reached_by == ["json://127.0.0.1/secret"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("on call plant", "on call boilers", r"routes\.0\.to: there is no rota “boilers”; there are: plant\."),
        ("otherwise: cy", "otherwise: dan", r"otherwise: there is no person “dan”; there are: ann, bob, cy\."),
        ("${BOB}", "${EVE}", r"people\.bob\.reached_by: the variable EVE is not set\."),
        ("after: 15 min", "after: 2 h", "come later each time"),
        ("hold: working", "hold: always", "there is no hours “always”"),
        ("22:00-06:00", "at night", "“at night” are no hours"),
        ("remind: 4 h", "remid: 4 h", r"routes\.0\.remid"),
        ("role manager", "role boss", "there is no role “boss”"),
        ("people:", "people: [", "is no YAML"),
    ],
)
def test_what_is_wrong_with_the_file_is_told_by_its_place(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        read_from(BOOK.replace(old, new, 1), tmp_path)


def test_the_book_of_the_documentation_is_read(tmp_path: Path) -> None:
    page = (Path(__file__).parents[3] / "docs/operators/notifications.md").read_text()
    text = page.split("```yaml\n")[1].split("```")[0]
    file = tmp_path / "notify.yaml"
    file.write_text(text)
    book = read_book(file, {"ANN_SMS": "twilio://x", "SMTP": "x", "BOB_TELEGRAM": "tgram://x"})
    assert [route.of for route in book.routes] == ["alarm", "alarm", "alarm", "approval", "work_order"]
