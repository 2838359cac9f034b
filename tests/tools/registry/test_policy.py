"""What stands between a caller and a tool."""

import logging
from dataclasses import replace
from typing import Any

import pytest

from graph_schema.errors import InvalidInput, NotAllowed, Unavailable
from tests.tools.own_tools import NOTED, Noted, english
from tools.context import EVERYBODY, ROLES, Caller, Role, ToolContext, up_to
from tools.registry.policy import Budget, Policy, audited, by_role
from tools.registry.registry import Registry
from tools.registry.tool import Tool


async def take_note(context: ToolContext, text: str = "") -> Noted:
    """Takes a note."""
    return Noted(notes=[text])


async def open_valve(context: ToolContext) -> Noted:
    """Opens a valve."""
    raise AssertionError("a change ran")


async def lose_store(context: ToolContext) -> Noted:
    """Meets a store that is away."""
    raise Unavailable


OPENING = NOTED.model_copy(update={"proposal": "open the valve"})


def registry(*policies: Policy, roles: Any = EVERYBODY) -> Registry:
    tools = [
        Tool.of(take_note, effect="read", roles=roles),
        Tool.of(open_valve, effect="write", roles=EVERYBODY),
        Tool.of(lose_store, effect="read", roles=EVERYBODY),
    ]
    return Registry(tools, english(take_note=NOTED, open_valve=OPENING, lose_store=NOTED), policies or None)


def asked_by(caller: Caller) -> ToolContext:
    store: Any = None
    return ToolContext(store, store, store, store, store, caller, "UTC")


ANN = asked_by(Caller("ann", site="North"))


@pytest.mark.parametrize("role", ROLES)
async def test_every_role_may_read(role: Role) -> None:
    assert await registry().call("take_note", {}, asked_by(Caller("bo", frozenset({role})))) == Noted(notes=[""])


async def test_a_tool_answers_only_its_roles() -> None:
    tools = registry(by_role, roles={"engineer", "manager"})
    assert await tools.call("take_note", {}, asked_by(Caller("bo", frozenset({"technician", "manager"}))))
    with pytest.raises(NotAllowed, match=r"^take_note is for the role manager and above; ann has technician\.$"):
        await tools.call("take_note", {}, ANN)


def test_a_role_holds_those_before_it() -> None:
    assert up_to("viewer") == {"viewer"}
    assert up_to("manager") == {"viewer", "technician", "manager"}
    assert up_to("admin") == EVERYBODY


async def test_a_role_holds_at_its_site() -> None:
    elsewhere = replace(ANN, site="South")
    with pytest.raises(NotAllowed, match=r"^ann has no role at South\. Ask whoever runs it for one\.$"):
        await registry().call("take_note", {}, elsewhere)
    assert await registry().call("take_note", {}, replace(ANN, site="North"))
    assert await registry().call("take_note", {}, replace(elsewhere, caller=Caller("ann", site="*")))
    with pytest.raises(NotAllowed, match="has no role at this site"):
        await registry().call("take_note", {}, asked_by(Caller("ann", frozenset())))


async def test_who_only_looks_changes_nothing() -> None:
    with pytest.raises(NotAllowed, match=r"^open_valve is for the role technician and above; ann has viewer\.$"):
        await registry().call("open_valve", {}, asked_by(Caller("ann", up_to("viewer"))))


async def test_a_key_is_used_for_its_scopes() -> None:
    reading = asked_by(Caller("key:wall", scopes=frozenset({"read"})))
    assert await registry().call("take_note", {}, reading)
    with pytest.raises(NotAllowed, match=r"^open_valve needs a key of the scope “write”\.$"):
        await registry().call("open_valve", {}, reading)
    with pytest.raises(NotAllowed, match="of the scope “read”"):
        await registry().call("take_note", {}, asked_by(Caller("key:wall", scopes=frozenset({"write"}))))


async def test_a_change_waits_for_a_person() -> None:
    with pytest.raises(NotAllowed, match=r"^open_valve changes something, so a person has to approve it first\.$"):
        await registry().call("open_valve", {}, ANN)


async def test_every_call_is_recorded_without_its_arguments(caplog: pytest.LogCaptureFixture) -> None:
    tools = registry()
    with caplog.at_level(logging.INFO, "tools.registry.policy"):
        await tools.call("take_note", {"text": "hunter2"}, ANN)
        for name, arguments, error in (
            ("take_note", {"word": "hunter2"}, InvalidInput),
            ("open_valve", {}, NotAllowed),
            ("lose_store", {}, Unavailable),
        ):
            with pytest.raises(error):
                await tools.call(name, arguments, ANN)
    records = [vars(one) for one in caplog.records]
    assert [(one["tool"], one["caller"], one["site"], one["outcome"]) for one in records] == [
        ("take_note", "ann", "North", "done"),
        ("take_note", "ann", "North", "InvalidInput"),
        ("open_valve", "ann", "North", "NotAllowed"),
        ("lose_store", "ann", "North", "Unavailable"),
    ]
    assert all(one["ms"] >= 0 for one in records)
    assert "hunter2" not in caplog.text + str(records)


async def test_what_breaks_is_recorded_as_failed(caplog: pytest.LogCaptureFixture) -> None:
    async def breaks(tool: Tool, arguments: object, context: ToolContext) -> Noted:
        raise ZeroDivisionError

    with caplog.at_level(logging.INFO, "tools.registry.policy"), pytest.raises(ZeroDivisionError):
        await audited(breaks)(registry()["take_note"], {}, ANN)
    assert [vars(one)["outcome"] for one in caplog.records] == ["failed"]


async def test_a_caller_has_a_budget_a_minute_and_others_have_their_own() -> None:
    now = 0.0
    tools = registry(Budget(2, lambda: now).within)
    for _ in range(2):
        await tools.call("take_note", {}, ANN)
    with pytest.raises(Unavailable, match=r"^2 calls were made within this minute\. Try again in the next one\.$"):
        await tools.call("take_note", {}, ANN)
    assert await tools.call("take_note", {}, asked_by(Caller("bo")))
    now = 60.0
    assert await tools.call("take_note", {}, ANN)
