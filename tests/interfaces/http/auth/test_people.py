"""Local users: added, given roles, locked; who guesses is slowed down, and a restart logs nobody out."""

import asyncio
from collections import Counter

import pytest

from graph_schema.errors import InvalidInput, NotFound
from interfaces.http.auth.attempts import block_of
from interfaces.http.auth.identity import Identity
from tests.interfaces.http.auth.conftest import ANNS, SHARED, House, beyond, browser, log_in


@pytest.fixture
async def identity(house: House) -> Identity:
    """With one user, a technician everywhere."""
    identity = house.identity()
    await identity.people.add("ann", ANNS, {"*": "technician"}, "root")
    return identity


async def test_a_user_logs_in_with_their_own_password(house: House, identity: Identity):
    async with beyond(identity) as page:
        shown = await page.get("/")
        assert 'name="name"' in shown.text
        assert (await log_in(page, "Ann ")).status_code == 303
        assert (await page.get("/")).json() == {
            "name": "ann",
            "roles": ["technician", "viewer"],
            "scopes": ["admin", "approve", "read", "write"],
        }
    assert await house.audited() == [("root", "person.added", "technician at *"), ("ann", "login", "local")]


async def test_the_shared_password_opens_nothing_once_there_are_users(house: House):
    shared = house.identity(password=SHARED)
    async with browser(shared) as page:
        await page.post("/login", data={"password": SHARED})
        assert (await page.get("/")).status_code == 200
        await shared.people.add("ann", ANNS, {"*": "technician"}, "root")
        shared.looked_elsewhere()
        assert (await page.get("/")).status_code == 401
        assert (await page.post("/login", data={"password": SHARED})).status_code == 401


async def test_another_shared_password_ends_the_logins_with_the_one_before(house: House):
    async def status(password: str, cookie: str) -> int:
        started = house.identity(password=password)
        await started.open()
        async with browser(started) as page:
            return (await page.get("/", headers={"cookie": f"plantroom_login={cookie}"})).status_code

    first = house.identity(password=SHARED)
    await first.open()
    async with browser(first) as page:
        await page.post("/login", data={"password": SHARED})
        cookie = page.cookies["plantroom_login"]
    assert await status(SHARED, cookie) == 200
    assert await status("another sesame", cookie) == 401


async def test_a_restart_keeps_logins_and_the_database_has_neither_password_nor_cookie(
    house: House, identity: Identity
):
    async with browser(identity) as page:
        await log_in(page)
        cookie = page.cookies["plantroom_login"]
    async with browser(house.identity()) as page:
        assert (await page.get("/", headers={"cookie": f"plantroom_login={cookie}"})).json()["name"] == "ann"
    kept = str([await house.history.fetch(f"select t::text from {table} t") for table in ("person", "login", "audit")])
    assert "argon2id" in kept
    assert ANNS not in kept
    assert cookie not in kept


async def test_name_or_password_nobody_learns_which_is_wrong(house: House, identity: Identity):
    async with browser(identity) as page:
        ann, eve, nobody = [await log_in(page, name, "wrong\0") for name in ("ann", "eve\0", "")]
    assert {one.status_code for one in (ann, eve, nobody)} == {401}
    assert ann.text == eve.text.replace('value="eve"', 'value="ann"')
    refused = await house.audited("login.refused")
    assert [who for who, _, _ in refused] == ["ann", "nobody", "nobody"]


async def test_the_name_that_was_typed_stays_as_text(identity: Identity):
    async with browser(identity) as page:
        shown = (await log_in(page, 'Ann"><b>{{message}}', "guess")).text
    assert 'value="ann&quot;&gt;&lt;b&gt;{{message}}"' in shown


async def test_the_address_of_a_failed_login_leads_to_the_page(identity: Identity):
    async with browser(identity) as page:
        answer = await page.get("/login")
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_guessing_from_one_address_is_slowed_down(house: House, identity: Identity):
    async with browser(identity) as page:
        for _ in range(5):
            assert (await log_in(page, "ann", "guess")).status_code == 401
        for _ in range(5):
            assert (await log_in(page)).status_code == 429
        assert len(await house.audited("login.refused")) == 5, "what can be sent without end must not fill the log"
        house.clock.passes(seconds=61)
        assert (await log_in(page)).status_code == 303


async def test_many_guesses_at_once_are_no_more_guesses(house: House, identity: Identity):
    async with browser(identity) as page:
        answers = await asyncio.gather(*(log_in(page, "ann", f"guess {number}") for number in range(20)))
    assert Counter(one.status_code for one in answers) == {401: 5, 429: 15}


async def test_an_account_that_is_guessed_at_from_everywhere_is_locked_for_a_while(house: House, identity: Identity):
    for number in range(10):
        async with browser(identity, client=f"10.0.0.{number}", host="plant.example") as page:
            await log_in(page, "ann", "guess")
    async with beyond(identity) as page:
        refused = await log_in(page)
        assert (refused.status_code, "Too many attempts for this account" in refused.text) == (429, True)
        assert (await log_in(page, "eve", "x")).status_code == 401
        await identity.people.lock("ann", "root", locked=False)
        assert (await log_in(page)).status_code == 303


async def test_a_restart_gives_no_further_guesses(house: House, identity: Identity):
    async with browser(identity) as page:
        for _ in range(5):
            await log_in(page, "ann", "guess")
    async with browser(house.identity()) as page:
        assert (await log_in(page)).status_code == 429


def test_addresses_of_one_network_count_as_one():
    assert block_of("2001:db8:1:2:3::4") == block_of("2001:db8:1:2:ffff::1") == "2001:db8:1:2::/64"
    assert block_of("192.168.1.7") == "192.168.1.7"
    assert block_of("") == ""


async def test_who_is_locked_is_logged_out_and_stays_out(house: House, identity: Identity):
    async with browser(identity) as page:
        await log_in(page)
        await identity.people.lock("ann", "root", locked=True)
        house.clock.passes(seconds=5)
        assert (await page.get("/api/scene")).status_code == 401
        refused = await log_in(page)
        assert (refused.status_code, "This account is locked" in refused.text) == (403, True)
        assert "not the name or the password" in (await log_in(page, "ann", "guess")).text


async def test_a_role_holds_from_the_moment_it_is_given(house: House, identity: Identity):
    async with browser(identity) as page:
        await log_in(page)
        await identity.people.give("ann", "*", "admin", "root")
        house.clock.passes(seconds=5)
        assert "admin" in (await page.get("/")).json()["roles"]
        await identity.people.give("ann", "*", None, "root")
        house.clock.passes(seconds=5)
        refused = await page.get("/")
        assert (refused.status_code, "ann has no role at this plant. Ask its admin for one." in refused.text) == (
            403,
            True,
        )
        assert 'action="/logout"' in refused.text
        assert (await page.get("/api/scene")).json()["error"].startswith("ann has no role")


async def test_who_has_no_role_at_the_site_sees_nothing(house: House, identity: Identity):
    await identity.people.give("ann", "*", None, "root")
    await identity.people.give("ann", "south", "admin", "root")
    async with browser(house.identity(site="north")) as page:
        refused = await log_in(page)
        assert (refused.status_code, "ann has no role at north" in refused.text) == (403, True)
        assert "plantroom_login" not in page.cookies
    async with browser(house.identity(site="south")) as page:
        await log_in(page)
        assert "admin" in (await page.get("/")).json()["roles"]


async def test_another_password_ends_the_logins_under_the_old_one(house: House, identity: Identity):
    async with browser(identity) as page:
        await log_in(page)
        await identity.people.set_password("ann", "a wholly other one", "ann")
        house.clock.passes(seconds=5)
        assert (await page.get("/api/scene")).status_code == 401
        assert (await log_in(page)).status_code == 401
        assert (await log_in(page, "ann", "a wholly other one")).status_code == 303


async def test_who_is_removed_is_gone_at_once(house: House, identity: Identity):
    await identity.people.add("bob", ANNS, {"*": "manager"}, "root")
    async with browser(identity) as page:
        await log_in(page, "bob")
        await identity.people.remove("bob", "root")
        house.clock.passes(seconds=5)
        assert (await page.get("/api/scene")).status_code == 401
    with pytest.raises(NotFound, match=r"^There is no user bob\. See: plantroom users list$"):
        await identity.people.lock("bob", "root", locked=True)


@pytest.mark.parametrize("name", ["", "two words", "anybody", "key:grafana", "-ann", "x" * 65])
async def test_what_cannot_be_a_name_is_refused(identity: Identity, name: str):
    with pytest.raises(InvalidInput, match="cannot be a name"):
        await identity.people.add(name, ANNS, {}, "root")


@pytest.mark.parametrize(
    ("password", "why"),
    [("short", "too short"), ("ann-2026-x", "with little more"), ("aaaaaaaaaaaa", "too few characters")],
)
async def test_a_weak_password_is_refused(identity: Identity, password: str, why: str):
    with pytest.raises(InvalidInput, match=why):
        await identity.people.set_password("ann", password, "root")


async def test_a_name_is_taken_once(identity: Identity):
    with pytest.raises(InvalidInput, match=r"^There is a user ann already\.$"):
        await identity.people.add("ANN", ANNS, {}, "root")
