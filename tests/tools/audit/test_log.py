"""The audit log is added to, and never changed."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from graph_schema.errors import InvalidInput, Unavailable
from ingestion.history.history import History
from tests.tools.own_tools import NOTED, Noted, english
from tools.approvals.terms import digest_of
from tools.audit.log import AuditLog, Choice, Entry, open_audit
from tools.context import EVERYBODY, Caller, Origin, ToolContext
from tools.registry.registry import Registry
from tools.registry.tool import Tool

NOW = datetime(2026, 3, 2, 18, tzinfo=UTC)
pytestmark = pytest.mark.parametrize("servers", ["embedded"], indirect=True)


async def read_note(context: ToolContext, text: str = "") -> Noted:
    """Reads a note."""
    return Noted(notes=[text])


@pytest.fixture
async def audit(history: History) -> AsyncGenerator[AuditLog]:
    async with open_audit(history) as found:
        yield found


def entry(who: str = "ann", what: str = "login", minutes: int = 0) -> Entry:
    return Entry(NOW + timedelta(minutes=minutes), who, what)


async def test_the_newest_are_read_first_and_chosen(audit: AuditLog):
    await audit.keep(entry(), entry("bob", "proposal.approved", 1), entry("bob", "proposal.done", 2))
    assert [one.what for one in await audit.newest(Choice(), 10)] == ["proposal.done", "proposal.approved", "login"]
    assert [one.who for one in await audit.newest(Choice(who="ann"), 10)] == ["ann"]
    assert len(await audit.newest(Choice(what="proposal"), 10)) == 2
    assert len(await audit.newest(Choice(since=NOW + timedelta(minutes=1), until=NOW + timedelta(minutes=2)), 9)) == 1


@pytest.mark.parametrize("change", ["update audit set who = 'eve'", "delete from audit", "truncate audit"])
async def test_no_entry_is_changed(audit: AuditLog, history: History, change: str):
    await audit.keep(entry())
    with pytest.raises(psycopg.errors.RaiseException, match="only added to"):
        await history.fetch(change)
    assert await audit.newest(Choice(), 10) == [replace(entry(), evidence=[])]


async def test_what_a_database_refuses_does_not_stop_it(audit: AuditLog):
    await audit.keep(replace(entry("an\0n \ud800"), outcome="x" * 1000))
    (kept,) = await audit.newest(Choice(), 10)
    assert (kept.who, len(kept.outcome or "")) == ("ann ?", 300)


async def test_entries_wait_while_the_database_is_away(audit: AuditLog, monkeypatch: pytest.MonkeyPatch):
    async def away(*_: Entry) -> None:
        raise Unavailable

    with monkeypatch.context() as broken:
        broken.setattr(audit, "keep", away)
        await audit.note(entry())
        await audit.note(entry("bob"))
        await audit.write()
    await audit.write()
    assert [one.who for one in await audit.newest(Choice(), 10)] == ["bob", "ann"]


async def test_a_call_is_kept_by_its_digest_and_without_its_arguments(audit: AuditLog, history: History):
    registry = Registry([Tool.of(read_note, effect="read", roles=EVERYBODY)], english(read_note=NOTED))
    store = None
    origin = Origin("gpt", "c-1", (("a", "AHU-2 is warm"), ("b", "it was cold")))
    context = ToolContext(store, store, store, store, lambda: NOW, Caller("ann"), "UTC", origin=origin, site="north")  # pyright: ignore[reportArgumentType]
    context = replace(context, audit=audit.note)
    await registry.call("read_note", {"text": "hunter2"}, context)
    with pytest.raises(InvalidInput):
        await registry.call("read_note", '{"text": "hunter2"', context)
    await audit.write()
    failed, done = await audit.newest(Choice(), 10)
    assert done == Entry(
        NOW,
        "ann",
        "called",
        "read_note",
        digest_of("read_note", {"text": "hunter2"}),
        "gpt",
        "c-1",
        ["a", "b"],
        site="north",
        outcome="Done",
    )
    assert (failed.outcome, len(failed.digest or "")) == ("InvalidInput", 64)
    rows = await history.fetch("select audit::text as row from audit")
    assert not any("hunter2" in row["row"] for row in rows)
