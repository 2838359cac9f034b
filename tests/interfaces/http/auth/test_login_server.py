"""Logging in by a login server, and programs that come with its tokens."""

import hmac
import json
import time
from base64 import urlsafe_b64encode
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from graph_schema.errors import InvalidInput, NotAllowed, Unavailable
from interfaces.http.auth.account import Unauthenticated
from interfaces.http.auth.claims import Given, Reading, account_of, claim, given_of, scopes_of
from interfaces.http.auth.identity import Identity
from interfaces.http.auth.login_server import Client, LoginServer
from tests.agent.conftest import serving
from tests.conftest import ROOT
from tests.interfaces.http.auth.conftest import ANNS, House, beyond
from tests.interfaces.http.auth.provider import CLIENT, SECRET, Provider, new_key

DOCUMENTS = ROOT / "tests" / "interfaces" / "http" / "auth" / "discovery"
ROLES = Reading(given=given_of("crew=technician, leads=manager@north, chiefs=engineer"))
AUDIENCE = "https://plant.example/api"


@pytest.fixture
async def provider() -> AsyncGenerator[Provider]:
    provider = Provider()
    async with serving(provider.app()) as provider.url:
        yield provider


@pytest.fixture
async def server(provider: Provider, house: House) -> AsyncGenerator[LoginServer]:
    house.clock.now = datetime.fromtimestamp(provider.now, UTC)
    client = Client(provider.url, CLIENT, SECRET, reading=ROLES, audience=AUDIENCE, title="Quay & Sons")
    async with httpx.AsyncClient() as http:
        yield LoginServer(client, http, house.clock)


@pytest.fixture
def identity(house: House, server: LoginServer) -> Identity:
    return house.identity(login_server=server, site="north")


async def to_the_server_and_back(page: httpx.AsyncClient) -> str:
    """As a browser goes: the address that it comes back to."""
    sent = await page.get("/login/oidc")
    assert sent.status_code == 303
    async with httpx.AsyncClient() as elsewhere:
        return (await elsewhere.get(sent.headers["location"])).headers["location"]


async def test_a_person_logs_in_by_the_login_server(house: House, identity: Identity, provider: Provider):
    provider.claims |= {"groups": ["leads", "others"], "locale": "de-AT", "zoneinfo": "Europe/Vienna"}
    async with beyond(identity) as page:
        shown = await page.get("/")
        assert "Log in with Quay &amp; Sons" in shown.text
        assert 'name="password"' not in shown.text
        back = await to_the_server_and_back(page)
        answer = await page.get(back)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        me = (await page.get("/")).json()
        assert (me["name"], me["roles"]) == ("ann", ["manager", "technician", "viewer"])
        assert (await page.get(back)).status_code == 403, "a login is completed once"
        left = await page.post("/logout")
        assert "Log out of Quay &amp; Sons too" in left.text
        assert f"{provider.url}/end?client_id=plantroom" in left.text
        assert (await page.get("/api/scene")).status_code == 401
    audited = [(who, what) for who, what, _ in await house.audited()]
    assert audited == [("ann", "login"), ("nobody", "login.refused"), ("ann", "logout")]
    rows = await house.history.fetch("select count(*) as logins from login")
    assert rows == [{"logins": 0}]


async def test_the_way_there_has_state_nonce_and_a_challenge(identity: Identity, provider: Provider):
    async with beyond(identity, scheme="https") as page:
        sent = await page.get("/login/oidc")
        asked = {name: values[0] for name, values in parse_qs(urlsplit(sent.headers["location"]).query).items()}
        assert asked["redirect_uri"] == "https://plant.example/login/oidc/back"
        assert (asked["code_challenge_method"], asked["response_type"]) == ("S256", "code")
        assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) > 20
        cookie = sent.headers["set-cookie"]
        assert all(part in cookie for part in ("HttpOnly", "Path=/login/oidc", "SameSite=lax", "Secure"))


async def test_a_login_that_somebody_else_began_is_not_completed(identity: Identity):
    async with beyond(identity) as attacker, beyond(identity) as victim:
        back = await to_the_server_and_back(attacker)
        assert "Start it again" in (await victim.get(back)).text
        await victim.get("/login/oidc")
        refused = await victim.get(back)
        assert (refused.status_code, "Start it again" in refused.text) == (403, True)
        assert "plantroom_login" not in victim.cookies


async def test_a_login_waits_for_ten_minutes(identity: Identity, monkeypatch: pytest.MonkeyPatch):
    async with beyond(identity) as page:
        back = await to_the_server_and_back(page)
        later = time.time() + 700
        with monkeypatch.context() as clock:
            clock.setattr("itsdangerous.timed.time.time", lambda: later)
            assert "Start it again" in (await page.get(back)).text


@pytest.mark.parametrize(
    "bent",
    [
        {"nonce": "another"}, {"aud": "another"}, {"iss": "https://evil.example"}, {"exp": 1}, {"azp": "another"},
        {"sub": None}, {"exp": None},
    ],
)  # fmt: skip
async def test_an_id_token_that_is_not_for_this_login_is_refused(
    identity: Identity, provider: Provider, bent: dict[str, Any]
):
    provider.bent = bent
    async with beyond(identity) as page:
        refused = await page.get(await to_the_server_and_back(page))
        assert (refused.status_code, "Start it again" in refused.text) == (403, True)
        assert "plantroom_login" not in page.cookies


async def test_who_has_no_role_gets_a_sentence(identity: Identity, provider: Provider):
    async def refused(**claims: Any) -> str:
        provider.claims = {"preferred_username": "ann", **claims}
        async with beyond(identity) as page:
            answer = await page.get(await to_the_server_and_back(page))
            assert answer.status_code == 403
            return answer.text

    assert "ann has no role here: none of the groups &lt;b&gt;, others has one" in await refused(
        groups=["<b>", "others"]
    )
    assert "the login server sends no groups in the claim groups" in await refused()
    assert "PLANTROOM_OIDC_GROUPS_CLAIM=roles" in await refused(_claim_names={"groups": "src1"})
    assert "You cannot log in under that name" in await refused(preferred_username="key:grafana", groups=["crew"])


async def test_what_the_token_lacks_is_asked_for(identity: Identity, provider: Provider):
    provider.claims = {"preferred_username": "ann"}
    provider.info = {"groups": ["chiefs"]}
    async with beyond(identity) as page:
        await page.get(await to_the_server_and_back(page))
        assert "engineer" in (await page.get("/")).json()["roles"]
    assert provider.asked["userinfo"] == 1


async def test_a_local_user_is_not_mistaken_for_one_of_the_login_server(house: House, identity: Identity):
    await identity.people.add("ann", ANNS, {"*": "admin"}, "root")
    async with beyond(identity) as page:
        refused = await page.get(await to_the_server_and_back(page))
        assert "ann is a local user&#x27;s name here" in refused.text


async def test_what_the_login_server_says_no_to_is_told(identity: Identity):
    async with beyond(identity) as page:
        sent = await page.get("/login/oidc")
        state = parse_qs(urlsplit(sent.headers["location"]).query)["state"][0]
        answer = {"error": "access_denied", "error_description": "<b>No</b>", "state": state}
        refused = await page.get("/login/oidc/back", params=answer)
        assert "did not log you in: &lt;b&gt;No&lt;/b&gt;." in refused.text


async def test_a_login_server_that_is_away_is_told(house: House):
    async with httpx.AsyncClient() as http:
        away = LoginServer(Client("http://127.0.0.1:9", CLIENT, reading=ROLES), http, house.clock)
        async with beyond(house.identity(login_server=away)) as page:
            refused = await page.get("/login/oidc")
            assert (refused.status_code, "does not answer as it should" in refused.text) == (503, True)


# Tokens of programs


def bearing(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


def claims(**more: Any) -> dict[str, Any]:
    return {
        "aud": AUDIENCE,
        "preferred_username": "ann",
        "groups": ["chiefs"],
        "scope": "openid plantroom:write read",
        **more,
    }


async def test_a_token_opens_what_it_is_for(identity: Identity, provider: Provider):
    async with beyond(identity) as program:
        answer = await program.get("/api/scene", headers=bearing(provider.signed(claims())))
        assert answer.json()["name"] == "ann"
        assert answer.json()["scopes"] == ["read", "write"]
        reading = await program.get("/api/scene", headers=bearing(provider.signed(claims(scope="openid"))))
        assert reading.json()["scopes"] == ["read"]
        machine = claims(preferred_username=None, azp="erp")
        assert (await program.get("/api/scene", headers=bearing(provider.signed(machine)))).json()["name"] == "app:erp"


@pytest.mark.parametrize(
    ("bent", "typ"),
    [
        ({"aud": "https://other.example"}, "at+jwt"), ({"aud": CLIENT}, "at+jwt"), ({"iss": "https://evil.example"}, "at+jwt"),
        ({"exp": 1}, "at+jwt"), ({"nbf": 9_999_999_999}, "at+jwt"), ({}, "JWT"), ({"nonce": "n"}, "at+jwt"), ({"aud": None}, "at+jwt"),
    ],
)  # fmt: skip
async def test_a_token_for_something_else_is_refused(
    identity: Identity, provider: Provider, bent: dict[str, Any], typ: str
):
    async with beyond(identity) as program:
        answer = await program.get("/api/scene", headers=bearing(provider.signed(claims(**bent), typ)))
        assert answer.status_code == 401
        assert answer.json()["error"].startswith(("The token does not hold", "The token is no access token"))
        stated = answer.headers["www-authenticate"]
        assert 'resource_metadata="http://plant.example/.well-known/oauth-protected-resource"' in stated


async def test_mcp_is_told_of_its_own_metadata(identity: Identity):
    async with beyond(identity) as program:
        answer = await program.post("/mcp", headers=bearing("no token"))
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"].endswith('/.well-known/oauth-protected-resource/mcp"')


def by_hand(header: dict[str, Any], claims: dict[str, Any], key: bytes) -> str:
    """Signed as libraries would not: with a public key as the secret, or not at all."""
    parts = [urlsafe_b64encode(json.dumps(one).encode()).rstrip(b"=") for one in (header, claims)]
    signature = hmac.digest(key, b".".join(parts), "sha256") if key else b""
    return b".".join([*parts, urlsafe_b64encode(signature).rstrip(b"=")]).decode()


async def test_a_token_that_the_server_did_not_sign_is_refused(server: LoginServer, provider: Provider):
    good = provider.signed(claims())
    public = provider.keys[0].as_pem(private=False)
    usual = {"iss": provider.url, "sub": "u", "exp": 9_999_999_999, **claims()}
    forged = [
        good[:-4] + "AAAA",
        provider.signed(claims(), key=new_key("first")),
        by_hand({"alg": "HS256", "kid": "first", "typ": "at+jwt"}, usual, public),
        by_hand({"alg": "none", "typ": "at+jwt"}, usual, b""),
        "a.b.c",
        "x" * 100_000,
        "\u00e9.b.c",
    ]
    for token in forged:
        with pytest.raises(Unauthenticated, match="The token does not hold"):
            await server.token_account(token)


async def test_keys_are_asked_for_once_and_again_where_one_is_not_known(
    server: LoginServer, provider: Provider, house: House
):
    for _ in range(3):
        await server.token_account(provider.signed(claims()))
    assert provider.asked == {"discovery": 1, "keys": 1}
    provider.keys.append(new_key("second"))
    house.clock.passes(seconds=61)
    await server.token_account(provider.signed(claims()))
    assert provider.asked["keys"] == 2
    for number in range(20):
        with pytest.raises(Unauthenticated):
            await server.token_account(provider.signed(claims(), key=new_key(f"made-up-{number % 2}")))
    assert provider.asked["keys"] == 2, "made-up keys must not become a flood at the login server"


async def test_without_an_audience_no_token_is_taken(server: LoginServer, provider: Provider):
    server.client = replace(server.client, audience=None)
    with pytest.raises(Unauthenticated, match="set PLANTROOM_OIDC_AUDIENCE"):
        await server.token_account(provider.signed(claims()))


# What differs between login servers


def described(name: str, issuer: str) -> LoginServer:
    """A login server that describes itself as its makers document it; the documents are typed by hand."""
    document = (DOCUMENTS / f"{name}.json").read_text("utf-8")

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path.endswith("/.well-known/openid-configuration")
        return httpx.Response(200, json=json.loads(document))

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return LoginServer(Client(issuer, CLIENT, SECRET, reading=ROLES), http, lambda: datetime.now(UTC))


TENANT = "https://login.microsoftonline.com/8d3f1c8e-0000-4000-8000-2f6c0e3a51aa"


@pytest.mark.parametrize(
    ("name", "issuer"),
    [("auth0", "https://quay.eu.auth0.com"), ("auth0", "https://quay.eu.auth0.com/"), ("entra", f"{TENANT}/v2.0")],
)
async def test_auth0_and_entra_are_found_by_what_they_say_of_themselves(name: str, issuer: str):
    server = described(name, issuer)
    place, pending = await server.begin("https://plant.example/login/oidc/back")
    assert place.startswith((await server.discovery()).authorization_endpoint)
    assert pending.state in place
    assert "code_challenge_method=S256" in place
    goodbye = await server.goodbye("https://plant.example")
    assert goodbye is not None
    assert goodbye.endswith("client_id=plantroom&post_logout_redirect_uri=https%3A%2F%2Fplant.example")


@pytest.mark.parametrize(
    ("name", "issuer", "why"),
    [
        ("entra-common", "https://login.microsoftonline.com/common/v2.0", "people of any organization"),
        ("entra", "https://login.microsoftonline.com/another/v2.0", "Set PLANTROOM_OIDC_ISSUER to that"),
        ("auth0", "https://evil.example", "calls itself https://quay.eu.auth0.com/"),
    ],
)
async def test_a_login_server_that_calls_itself_otherwise_is_refused(name: str, issuer: str, why: str):
    with pytest.raises(Unavailable, match=why):
        await described(name, issuer).discovery()


def test_groups_are_read_where_each_server_puts_them():
    keycloak = {"realm_access": {"roles": ["crew"]}, "preferred_username": "Ann"}
    assert account_of(keycloak, replace(ROLES, groups_claim="realm_access.roles"), "oidc").name == "ann"
    auth0 = {"https://plant.example/groups": ["leads"], "nickname": "ann"}
    found = account_of(auth0, Reading("nickname", "https://plant.example/groups", ROLES.given), "oidc")
    assert found.grants == {"north": "manager"}
    entra = {"roles": ["chiefs"], "preferred_username": "ann@quay.example"}
    assert account_of(entra, replace(ROLES, groups_claim="roles"), "oidc").grants == {"*": "engineer"}
    assert claim({"a": {"b": 1}}, "a.c") is None


def test_an_address_that_is_not_verified_is_no_name():
    by_mail = Reading("email", given=[Given("*", "viewer")])
    assert account_of({"email": "ann@quay.example", "email_verified": True}, by_mail, "oidc").name == "ann@quay.example"
    with pytest.raises(NotAllowed, match="has not verified your e-mail address"):
        account_of({"email": "ann@quay.example"}, by_mail, "oidc")


def test_the_highest_role_of_all_groups_counts_at_each_site():
    groups = {"preferred_username": "ann", "groups": ["crew", "leads", "chiefs"]}
    assert account_of(groups, ROLES, "oidc").grants == {"*": "engineer", "north": "manager"}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"scope": "openid plantroom:approve"}, {"approve"}), ({"scp": "write read"}, {"read", "write"}),
        ({"permissions": ["read", "admin"]}, {"read", "admin"}), ({}, {"read"}), ({"scope": "evil:admin"}, {"read"}),
    ],
)  # fmt: skip
def test_scopes_are_those_of_ours_that_a_token_names(said: dict[str, Any], expected: set[str]):
    assert scopes_of(said) == expected


@pytest.mark.parametrize("text", ["crew", "crew=king", "=viewer", "crew=viewer@"])
def test_what_gives_no_role_is_refused(text: str):
    with pytest.raises(InvalidInput):
        given_of(text)
