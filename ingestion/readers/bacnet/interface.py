"""The network that this machine is in, where nobody says which is meant."""

import socket
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Interface
from typing import Any

import psutil

from graph_schema.errors import InvalidInput


def interface_or_only(stated: str | None) -> str:
    """What is stated, else the one network of this machine. Raises ``InvalidInput`` where there are several, or none."""
    return stated or only_interface(psutil.net_if_addrs())


def only_interface(addresses: Mapping[str, Sequence[Any]]) -> str:
    """``addresses`` are those of each interface by its name, as psutil tells them."""
    found = [
        str(IPv4Interface(f"{one.address}/{one.netmask}"))
        for several in addresses.values()
        for one in several
        if one.family == socket.AF_INET and one.netmask and not one.address.startswith("127.")
    ]
    if len(found) == 1:
        return found[0]
    if not found:
        raise InvalidInput("This machine is in no network. Name the interface, such as 192.168.10.5/24.")
    raise InvalidInput(f"This machine is in several networks; name the interface: {' or '.join(found)}.")
