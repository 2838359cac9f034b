"""Keys of programs: shown once, kept as a hash, within their scopes, until they are revoked or over."""

from datetime import timedelta

import pytest

from graph_schema.errors import InvalidInput, NotFound
from interfaces.http.auth.identity import Identity
from tests.interfaces.http.auth.conftest import SHARED, House, beyond


@pytest.fixture
def identity(house: House) -> Identity:
    return house.identity(password=SHARED, site="north")


def bearing(key: str) -> dict[str, str]:
    return {"authorization": f"Bearer {key}"}


async def test_a_key_opens_what_it_is_for(house: House, identity: Identity):
    key, prefix = await identity.keys.create("grafana", {"read"}, "viewer", "*", "root", None)
    assert key.startswith(prefix)
    async with beyond(identity) as program:
        answer = await program.get("/api/scene", headers=bearing(key))
        assert answer.json() == {"name": "key:grafana", "roles": ["viewer"], "scopes": ["read"]}
    (listed,) = await identity.keys.list()
    assert (listed.name, listed.prefix, listed.used_at) == ("grafana", prefix, house.clock.now)
    kept = str(await house.history.fetch("select k::text, a::text from api_key k, audit a"))
    assert prefix in kept
    assert key[len(prefix) :] not in kept


async def test_a_key_that_does_not_hold_is_refused_with_a_sentence(house: House, identity: Identity):
    key, prefix = await identity.keys.create("cmms", {"write"}, "technician", "*", "root", timedelta(days=1))
    async with beyond(identity) as program:
        for wrong in (key[:-1] + ("A" if key[-1] != "A" else "B"), "plr_", "nonsense", ""):
            answer = await program.get("/api/scene", headers=bearing(wrong))
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == 'Bearer realm="plantroom", error="invalid_token"'
        house.clock.passes(days=2)
        assert "past its end" in (await program.get("/api/scene", headers=bearing(key))).json()["error"]
        house.clock.passes(days=-2)
        assert (await program.get("/api/scene", headers=bearing(key))).status_code == 200
        await identity.keys.revoke(prefix, "root")
        assert (await program.get("/api/scene", headers=bearing(key))).status_code == 401
    with pytest.raises(NotFound):
        await identity.keys.revoke("cmms", "root")
    assert [(who, what) for who, what, _ in await house.audited("key")] == [
        ("root", "key.created"),
        ("root", "key.revoked"),
    ]


async def test_a_key_of_another_site_opens_nothing(identity: Identity):
    key, _ = await identity.keys.create("south", {"read"}, "admin", "south", "root", None)
    async with beyond(identity) as program:
        answer = await program.get("/api/scene", headers=bearing(key))
        assert (answer.status_code, answer.json()) == (
            403,
            {"error": "key:south has no role at north. Ask its admin for one."},
        )


async def test_a_name_is_of_one_key_until_it_is_revoked(identity: Identity):
    await identity.keys.create("grafana", {"read"}, "viewer", "*", "root", None)
    with pytest.raises(InvalidInput, match="Revoke it first: plantroom tokens revoke grafana"):
        await identity.keys.create("grafana", {"read"}, "viewer", "*", "root", None)
    await identity.keys.revoke("grafana", "root")
    await identity.keys.create("grafana", {"read"}, "viewer", "*", "root", None)
    with pytest.raises(InvalidInput, match="A key needs scopes"):
        await identity.keys.create("none", set(), "viewer", "*", "root", None)
