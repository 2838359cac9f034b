"""Photographs and papers of an order: by their first bytes, of a bounded size, each once."""

from datetime import UTC, datetime

import pytest

from graph_schema.errors import InvalidInput, NotFound
from ingestion.history.history import History
from ingestion.orders import files
from ingestion.orders.files import OrderFiles, type_of
from ingestion.orders.order import WorkOrder
from ingestion.orders.work_orders import WorkOrders

NOW = datetime(2026, 6, 1, 8, tzinfo=UTC)
JPEG = b"\xff\xd8\xff\xe0" + bytes(20)


async def test_a_photograph_is_kept_once_and_comes_back(history: History):
    orders, kept = WorkOrders(history), OrderFiles(history)
    await orders.create(WorkOrder("", "p-1"), "ann", NOW)
    stored = await kept.add("wo-1", "../../etc/seal leak<1>.JPG", JPEG, "bob", NOW)
    assert (stored.name, stored.type, stored.size, stored.by_whom) == ("seal leak_1_.JPG", "image/jpeg", 24, "bob")
    assert await kept.read("WO-1", stored.name) == (stored.name, "image/jpeg", JPEG)
    with pytest.raises(InvalidInput, match="WO-1 has this file already"):
        await kept.add("WO-1", "again.jpg", JPEG, "bob", NOW)
    assert (await orders.events("WO-1"))[-1].new == stored.name
    with pytest.raises(NotFound, match="WO-1 has no file"):
        await kept.read("WO-1", "other.jpg")
    with pytest.raises(NotFound, match="no work order WO-9"):
        await kept.add("WO-9", "a.jpg", JPEG, "bob", NOW)


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n..", "image/png"), ("a.pdf", b"%PDF-1.7", "application/pdf"),
        ("a.webp", b"RIFF0000WEBPVP8 ", "image/webp"), ("a.csv", "Maß;1".encode(), "text/plain"),
    ],
)  # fmt: skip
def test_a_file_is_what_its_first_bytes_say(name: str, content: bytes, kind: str):
    assert type_of(name, content) == kind


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.jpg", b"", "is empty"), ("a.png", JPEG, "is not kept"), ("a.html", b"<script>", "is not kept"), ("a.exe", b"MZ\0\0", "is not kept"),
        ("a.svg", b"<svg/>", "is not kept"), ("a.txt", b"a\0b", "is not kept"), ("a.txt", b"x" * 31, "at most"),
    ],
)  # fmt: skip
def test_what_is_not_kept_is_told(monkeypatch: pytest.MonkeyPatch, name: str, content: bytes, why: str):
    monkeypatch.setattr(files, "LARGEST", 30)
    with pytest.raises(InvalidInput, match=why):
        type_of(name, content)
