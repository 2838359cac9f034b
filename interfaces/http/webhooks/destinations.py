"""Where webhooks may go: over TLS to public addresses, and elsewhere only into networks that the settings name."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import urlsplit

from graph_schema.errors import InvalidInput

Address = str
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Destination:
    """A URL, and the one address that its name stood for when it was checked: that is the one to connect to."""

    url: str
    host: str
    port: int
    address: Address


@dataclass(frozen=True, slots=True)
class Destinations:
    """``networks`` may be told besides public addresses; within the loopback ones also without TLS."""

    networks: Sequence[IPv4Network | IPv6Network] = ()

    @staticmethod
    def within(networks: str) -> Destinations:
        """From a setting: addresses and networks with commas between."""
        named = [one.strip() for one in networks.split(",") if one.strip() and one.strip().lower() != "none"]
        return Destinations([ip_network(one, strict=False) for one in named])

    async def resolved(self, url: str) -> Destination:
        """Raises ``InvalidInput`` with a sentence for a URL that may not be told."""
        scheme, host, port = _parts(url)
        found = await _addresses(host, port)
        for address in found:
            self._check(scheme, host, address)
        return Destination(url, host, port, found[0])

    def _check(self, scheme: str, host: str, address: Address) -> None:
        ip = ip_address(address)
        if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        named = any(ip in network for network in self.networks)
        if not named and (not ip.is_global or ip.is_multicast):
            raise InvalidInput(
                f"{_named(host, ip)} is no public address. Name its network in PLANTROOM_WEBHOOK_NETWORKS to allow it."
            )
        if scheme != "https" and not (named and ip.is_loopback):
            raise InvalidInput(f"{host} is told over https only: give an https:// address.")


def _named(host: str, ip: IPv4Address | IPv6Address) -> str:
    return host if host == str(ip) else f"{host} is {ip}, which"


def _parts(url: str) -> tuple[str, str, int]:
    wrong = f"“{url[:100]}” is no address that can be told: give https://host/path, without a user and a fragment."
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise InvalidInput(wrong) from error
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= _LONGEST
    if parts.scheme not in ("http", "https") or not parts.hostname or not plain:
        raise InvalidInput(wrong)
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise InvalidInput(wrong)
    return parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80)


async def _addresses(host: str, port: int) -> list[Address]:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise InvalidInput(f"There is no machine called {host[:100]}. Check the name in the address.") from error
    return list(dict.fromkeys(str(one[4][0]).partition("%")[0] for one in found))
