"""People with passwords of their own at the page of a real browser: who comes in, what the header says, and what the next one sees."""

from collections.abc import AsyncIterator

import pytest
from argon2 import PasswordHasher
from playwright.async_api import expect

from agent.events import Answered, Event
from ingestion.history.history import History
from interfaces.http.auth.identity import Identity
from interfaces.http.auth.passwords import Passwords
from tests.interfaces.web.chat.conftest import NOW, Visiting
from tests.interfaces.web.test_browser import Visit, violations
from tools.context import Caller

pytestmark = [pytest.mark.service, pytest.mark.parametrize("servers", ["embedded"], indirect=True)]

PASSWORD = "correct horse battery"


class Echo:
    """Says who asked, in which language that person reads."""

    async def ask(self, question: str, conversation: str, caller: Caller) -> AsyncIterator[Event]:
        yield Answered(f"{caller.name} asked in {caller.language}: {question}")


@pytest.fixture
async def identity(history: History) -> Identity:
    identity = Identity(history, lambda: NOW, passwords=Passwords(PasswordHasher(1, 8, 1)))
    await identity.people.add("ann", PASSWORD, {"*": "manager"}, "root", language="de")
    await identity.people.add("bob", PASSWORD, {"*": "viewer"}, "root")
    return identity


async def arrive(visit: Visit, address: str) -> None:
    """With a slip in the password at first."""
    await visit.page.goto(address)
    await visit.page.get_by_label("Name").fill("ann")
    await visit.page.get_by_label("Password").fill("a guess")
    await visit.page.keyboard.press("Enter")
    await expect(visit.page.get_by_role("alert")).to_have_text("That is not the name or the password.")
    await expect(visit.page.get_by_label("Name")).to_have_value("ann")
    await expect(visit.page.get_by_label("Password")).to_be_focused()
    assert await violations(visit.page.main_frame) == []
    await visit.log_in("ann", PASSWORD)


async def test_each_person_reads_their_own_in_their_own_language(visiting: Visiting, identity: Identity):
    async with visiting(agent=Echo(), identity=identity, opening=arrive) as visit:
        assert "ann asked in de: Wie warm?" in await visit.ask("Wie warm?")
        await visit.page.get_by_role("button", name="New conversation").click()
        await expect(visit.answers).to_have_count(0)
        assert "ann asked in de: Und jetzt?" in await visit.ask("Und jetzt?")
        await visit.box.fill("half a question")

        await visit.page.context.clear_cookies()  # her login is over, without her logging out
        await visit.page.reload()
        await visit.log_in("bob", PASSWORD)
        await expect(visit.answers).to_have_count(0)
        await expect(visit.box).to_have_value("")
        assert "bob asked in en: How warm?" in await visit.ask("How warm?")
        await visit.page.get_by_role("button", name="Log out").click()
        await visit.page.get_by_label("Name").wait_for()
