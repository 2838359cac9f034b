"""Files in passages, found by words, and read again when they change."""

import os
from pathlib import Path

import pytest

from graph_schema.errors import InvalidInput
from tools.documents.library import Library, name_key
from tools.documents.passages import LONGEST, parts, read_file
from tools.documents.ranking import Index

MANUAL = """---
class: Centrifugal_Chiller
assets: [Chiller 1]
---
# Oil filter
Replace the **oil filter** every 2,000 hours. See [the drawing](x.png).

# Start
Check the condenser pump before a start.
"""


def pdf(*pages: str) -> bytes:
    """A small PDF with a line of text on each page."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    kids: list[str] = []
    font = 3 + 2 * len(pages)
    for text in pages:
        number = len(objects) + 1
        kids.append(f"{number} 0 R")
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET"
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {number + 1} 0 R "
            f"/Resources << /Font << /F1 {font} 0 R >> >> >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(pages)} >>"
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    found, offsets = b"%PDF-1.4\n", list[int]()
    for number, one in enumerate(objects, 1):
        offsets.append(len(found))
        found += f"{number} 0 obj\n{one}\nendobj\n".encode()
    start = len(found)
    entries = "".join(f"{offset:010d} 00000 n \n" for offset in offsets)
    table = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{entries}"
    return found + f"{table}trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF".encode()


def test_markdown_has_sections_and_says_what_it_is_about(tmp_path: Path) -> None:
    (tmp_path / "m.md").write_text(MANUAL)
    content = read_file(tmp_path / "m.md")
    assert content.about == ("Chiller 1", "Centrifugal_Chiller")
    assert [(one.section, one.text) for one in content.passages] == [
        ("Oil filter", "Replace the oil filter every 2,000 hours. See the drawing."),
        ("Start", "Check the condenser pump before a start."),
    ]


def test_a_pdf_has_pages(tmp_path: Path) -> None:
    (tmp_path / "m.pdf").write_bytes(pdf("Grease the bearing.", "Torque of the bolts is 40 Nm."))
    assert [(one.page, one.text) for one in read_file(tmp_path / "m.pdf").passages] == [
        (1, "Grease the bearing."), (2, "Torque of the bolts is 40 Nm."),
    ]  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"%PDF-1.4 no", pdf("x")[:200], os.urandom(500)])
def test_a_damaged_pdf_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "m.pdf").write_bytes(content)
    with pytest.raises(InvalidInput, match="damaged or encrypted"):
        read_file(tmp_path / "m.pdf")


@pytest.mark.parametrize("text", ["word " * 500, "x" * 1000, "One. " * 200, ""])
def test_passages_are_short_and_lose_nothing(text: str) -> None:
    found = list(parts(text))
    assert all(0 < len(one) <= LONGEST for one in found)
    assert "".join("".join(found).split()) == "".join(text.split())


def test_rare_words_count_more_and_misspelt_ones_are_read() -> None:
    index = Index.of(["pump pump pump seal", "pump bearing", "fan belt"])
    everything = {0, 1, 2}
    assert index.best("the bearing of the pump", everything) == [1, 0]
    assert index.best("baering", everything) == [1]
    assert index.best("bearings", everything) == [1]
    assert index.best("pump", {1}) == [1]
    assert index.best("xyzzy", everything) == []


async def test_documents_belong_to_their_folders_and_change(tmp_path: Path) -> None:
    (tmp_path / "AHU-2").mkdir()
    (tmp_path / "AHU-2" / "filters.md").write_text("Change the bag filter twice a year.")
    (tmp_path / "rules.md").write_text("Wear a helmet near the filter bank.")
    (tmp_path / ".hidden.md").write_text("filter")
    (tmp_path / "notes.txt").write_text("filter")
    library = Library()
    shelf = await library.current(tmp_path)
    assert [document.file for document, _ in shelf.best("filter", None)] == ["AHU-2/filters.md", "rules.md"]
    own = shelf.best("filter", frozenset({name_key("ahu-2")}))
    assert [document.file for document, _ in own] == ["AHU-2/filters.md"]
    assert await library.current(tmp_path) is shelf
    (tmp_path / "rules.md").write_text("Nobody enters the plantroom alone.")
    changed = await library.current(tmp_path)
    assert [one.text for _, one in changed.best("alone", None)] == ["Nobody enters the plantroom alone."]
    (tmp_path / "AHU-2" / "filters.md").unlink()
    assert (await library.current(tmp_path)).best("filter", None) == []


async def test_what_is_outside_or_broken_is_not_read(tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (tmp_path / "secret.md").write_text("secret")
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    (folder / "bad.pdf").write_bytes(b"no")
    (folder / "front.md").write_text("---\na: [\n---\ntext")
    shelf = await Library().current(folder)
    problems = {one.file: one.problem for one in shelf.documents}
    assert problems == {"bad.pdf": "it is damaged or encrypted", "front.md": "its front matter is no YAML"}
    assert (await Library().current(tmp_path / "none")).documents == []
