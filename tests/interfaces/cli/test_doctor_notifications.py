"""What ``plantroom doctor`` says of whether people can be told."""

from pathlib import Path

from interfaces.cli.work.doctor.notifications import notification_findings
from interfaces.settings import Settings

BOOK = """
people: {ann: {reached_by: "json://127.0.0.1/x"}, bob: {reached_by: "nothing://"}}
routes: [{to: ann}]
"""


def found(folder: Path, text: str | None) -> list[tuple[str, str]]:
    file = folder / "notify.yaml"
    if text is not None:
        file.write_text(text)
    settings = Settings(_env_file=None, notify=file)
    return [(one.level, one.what) for one in notification_findings(settings)]


def test_without_a_book_nobody_is_told(tmp_path: Path):
    assert found(tmp_path, None) == [("ok", "nobody is told of anything: there is no notify.yaml")]


def test_people_who_cannot_be_reached_are_named(tmp_path: Path):
    assert found(tmp_path, BOOK) == [
        ("ok", "2 people, 1 route"),
        ("problem", "bob cannot be reached: there is no address that works"),
    ]


def test_a_book_that_cannot_be_read_is_a_problem(tmp_path: Path):
    ((level, what),) = found(tmp_path, "routes: [{to: eve}]")
    assert (level, "there is no person “eve”" in what) == ("problem", True)
