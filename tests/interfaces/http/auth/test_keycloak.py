"""A real Keycloak: people log in by it, programs come with its tokens, its keys change, and who has no role is told so."""

import html
import re
import secrets
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from interfaces.http.auth.claims import Reading, given_of
from interfaces.http.auth.identity import Identity
from interfaces.http.auth.login_server import Client, LoginServer
from tests.conftest import Services
from tests.interfaces.http.auth.conftest import House, beyond

pytestmark = pytest.mark.service

AUDIENCE = "https://plant.example/api"
PASSWORDS = {"ann": "a password for Ann", "bob": "a password for Bob"}
PATIENCE_S = 120.0  # of a machine that does much else


@dataclass(frozen=True)
class Realm:
    """A realm of the test's own. ``http`` speaks to its Keycloak as the admin."""

    http: httpx.AsyncClient
    url: str
    name: str
    secret: str

    @property
    def issuer(self) -> str:
        return f"{self.url}/realms/{self.name}"

    async def change(self, method: str, path: str, content: Any = None) -> httpx.Response:
        answer = await self.http.request(method, f"{self.url}/admin/realms{path}", json=content)
        answer.raise_for_status()
        return answer

    async def tokens(self, person: str, scope: str) -> dict[str, str]:
        asked = {"grant_type": "password", "client_id": "plantroom", "client_secret": self.secret, "scope": scope}
        place = f"{self.issuer}/protocol/openid-connect/token"
        answer = await self.http.post(place, data={**asked, "username": person, "password": PASSWORDS[person]})
        answer.raise_for_status()
        return answer.json()


def mapper(name: str, kind: str, **config: str) -> dict[str, Any]:
    """What puts a claim into tokens."""
    into = {f"{token}.claim": "true" for token in ("id.token", "access.token", "userinfo.token")}
    return {"name": name, "protocol": "openid-connect", "protocolMapper": kind, "config": {**into, **config}}


def realm_of(name: str, secret: str) -> dict[str, Any]:
    """As docs/operators/people.md tells an operator to set it up."""
    groups = mapper("groups", "oidc-group-membership-mapper", **{"claim.name": "groups", "full.path": "false"})
    audience = mapper(
        "audience", "oidc-audience-mapper", **{"included.custom.audience": AUDIENCE, "id.token.claim": "false"}
    )
    plantroom = {
        "clientId": "plantroom", "secret": secret, "standardFlowEnabled": True, "directAccessGrantsEnabled": True,
        "redirectUris": ["http://plant.example/login/oidc/back"],
        "attributes": {
            "pkce.code.challenge.method": "S256", "post.logout.redirect.uris": "http://plant.example",
            "access.token.header.type.rfc9068": "true",
        },
        "protocolMappers": [groups, audience],
    }  # fmt: skip
    people = [
        {
            "username": person, "email": f"{person}@plant.example", "firstName": person, "lastName": "Quay", "enabled": True,
            "emailVerified": True, "groups": ["crew"] if person == "ann" else [],
            "credentials": [{"type": "password", "value": password, "temporary": False}],
        }
        for person, password in PASSWORDS.items()
    ]  # fmt: skip
    return {"realm": name, "enabled": True, "groups": [{"name": "crew"}], "clients": [plantroom], "users": people}


@pytest.fixture(scope="module")
async def realm(services: Services) -> AsyncGenerator[Realm]:
    place = services["keycloak"]
    name, secret = f"plant-{secrets.token_hex(4)}", secrets.token_hex(16)
    async with httpx.AsyncClient(timeout=PATIENCE_S) as http:
        asked = {
            "grant_type": "password",
            "client_id": "admin-cli",
            "username": place["user"],
            "password": place["password"],
        }
        answer = await http.post(f"{place['uri']}/realms/master/protocol/openid-connect/token", data=asked)
        answer.raise_for_status()
        http.headers["authorization"] = f"Bearer {answer.json()['access_token']}"
        realm = Realm(http, place["uri"], name, secret)
        await realm.change("POST", "", realm_of(name, secret))
        await _let_write(realm)
        yield realm
        await realm.change("DELETE", f"/{name}")


async def _let_write(realm: Realm) -> None:
    """A client scope that a token may ask for."""
    scope = {"name": "plantroom:write", "protocol": "openid-connect", "attributes": {"include.in.token.scope": "true"}}
    made = await realm.change("POST", f"/{realm.name}/client-scopes", scope)
    scope_id = made.headers["location"].rpartition("/")[2]
    (client,) = (await realm.change("GET", f"/{realm.name}/clients?clientId=plantroom")).json()
    await realm.change("PUT", f"/{realm.name}/clients/{client['id']}/optional-client-scopes/{scope_id}")


@pytest.fixture
async def identity(realm: Realm, house: House) -> AsyncGenerator[Identity]:
    house.clock.now = datetime.now(UTC)
    reading = Reading(given=given_of("crew=technician"))
    client = Client(realm.issuer, "plantroom", realm.secret, reading=reading, audience=AUDIENCE, title="Keycloak")
    async with httpx.AsyncClient(timeout=PATIENCE_S) as http:
        yield house.identity(login_server=LoginServer(client, http, house.clock))


async def logged_in(page: httpx.AsyncClient, person: str) -> httpx.Response:
    """As a browser goes: to Keycloak, through its form, and back."""
    sent = await page.get("/login/oidc")
    async with httpx.AsyncClient(timeout=PATIENCE_S) as browser:
        form = await browser.get(sent.headers["location"])
        found = re.search(r'<form[^>]+action="([^"]+)"', form.text)
        assert found, form.text
        given = {"username": person, "password": PASSWORDS[person]}
        # Keycloak's cookies are for TLS or this machine; a browser knows that 127.0.0.1 is, and this client does not.
        cookies = "; ".join(f"{one.name}={one.value}" for one in browser.cookies.jar)
        back = await browser.post(html.unescape(found[1]), data=given, headers={"cookie": cookies})
    assert "location" in back.headers, back.text
    return await page.get(back.headers["location"])


async def test_a_person_logs_in_by_keycloak_and_out_again(identity: Identity, realm: Realm):
    async with beyond(identity) as page:
        assert (await logged_in(page, "ann")).status_code == 303
        me = (await page.get("/")).json()
        assert (me["name"], me["roles"]) == ("ann", ["technician", "viewer"])
        left = await page.post("/logout")
        place = html.unescape(re.findall(r'href="([^"]+)"', left.text)[0])
        assert place.startswith(f"{realm.issuer}/protocol/openid-connect/logout?")
        async with httpx.AsyncClient(timeout=PATIENCE_S) as browser:
            ended = await browser.get(place)
            assert (ended.status_code, ended.headers["location"]) == (302, "http://plant.example")


async def test_who_is_in_no_group_is_told_so(identity: Identity):
    async with beyond(identity) as page:
        refused = await logged_in(page, "bob")
        assert refused.status_code == 403
        assert "bob has no role here" in refused.text


async def test_programs_come_with_keycloaks_tokens_also_after_its_keys_change(
    identity: Identity, realm: Realm, house: House
):
    async def answer(token: str) -> httpx.Response:
        async with beyond(identity) as program:
            return await program.get("/api/scene", headers={"authorization": f"Bearer {token}"})

    tokens = await realm.tokens("ann", "openid plantroom:write")
    found = await answer(tokens["access_token"])
    assert found.json() == {"name": "ann", "roles": ["technician", "viewer"], "scopes": ["write"]}
    refused = await answer(tokens["id_token"])
    assert (refused.status_code, refused.json()["error"].startswith("The token")) == (401, True)

    new = {
        "name": "another", "providerId": "rsa-generated", "providerType": "org.keycloak.keys.KeyProvider",
        "config": {"priority": ["500"], "enabled": ["true"], "active": ["true"], "algorithm": ["RS256"]},
    }  # fmt: skip
    await realm.change("POST", f"/{realm.name}/components", new)
    house.clock.passes(seconds=61)
    again = await realm.tokens("ann", "openid")
    assert (await answer(again["access_token"])).json()["scopes"] == ["read"]
