"""Whose word about a caller counts."""

from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from interfaces.http.proxies import Proxies
from interfaces.settings import Settings

SAID = {
    "x-forwarded-for": "203.0.113.7",
    "x-forwarded-proto": "https",
    "x-forwarded-host": "evil.example",
    "forwarded": "for=1.2.3.4",
}


async def seen(scope: Any, receive: Any, send: Any) -> None:
    request = Request(scope)
    response: Response = JSONResponse(
        {
            "client": request.client.host if request.client else None,
            "scheme": request.url.scheme,
            "headers": sorted(request.headers),
        }
    )
    await response(scope, receive, send)


async def asked(client: str, trusted: tuple[str, ...]) -> dict[str, Any]:
    transport = httpx.ASGITransport(Proxies(seen, trusted), client=(client, 1234))
    async with httpx.AsyncClient(transport=transport, base_url="http://plant.example") as browser:
        return (await browser.get("/", headers=SAID)).json()


@pytest.mark.parametrize(
    ("client", "trusted"),
    [("127.0.0.1", ("127.0.0.1", "::1")), ("10.1.2.3", ("10.0.0.0/8",)), ("::1", ("127.0.0.1", "::1"))],
)
async def test_a_trusted_proxy_speaks_for_who_it_serves(client: str, trusted: tuple[str, ...]):
    found = await asked(client, trusted)
    assert (found["client"], found["scheme"]) == ("203.0.113.7", "https")


@pytest.mark.parametrize(
    ("client", "trusted"), [("192.168.1.7", ("127.0.0.1", "::1")), ("127.0.0.1", ()), ("11.0.0.1", ("10.0.0.0/8",))]
)
async def test_others_are_who_they_are_and_nobody_meets_their_headers(client: str, trusted: tuple[str, ...]):
    found = await asked(client, trusted)
    assert (found["client"], found["scheme"]) == (client, "http")
    assert not set(SAID) & set(found["headers"])


def test_the_setting_names_addresses_and_networks():
    assert Settings(_env_file=None).proxies == ("127.0.0.1", "::1")
    assert Settings(_env_file=None, trusted_proxies="10.0.0.0/8, 192.168.1.1").proxies == ("10.0.0.0/8", "192.168.1.1")
    assert Settings(_env_file=None, trusted_proxies="none").proxies == ()
    with pytest.raises(ValueError, match="does not appear to be an IPv4 or IPv6 network"):
        Settings(_env_file=None, trusted_proxies="proxy.example")
