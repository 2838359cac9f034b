"""The embedded MQTT broker: amqtt, in a process of its own (``amqtt_process.py``)."""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from pwdlib.hashers.argon2 import Argon2Hasher

from ingestion.sources.mqtt.connection import Broker, MqttConnection, open_connection
from ingestion.sources.mqtt.frames import Arrival
from interfaces.embedded.child import Launch
from interfaces.embedded.home import Home, write_private
from interfaces.embedded.ports import LOOPBACK

_USER = "plantroom"


class Amqtt:
    name = "broker"
    title = "the MQTT broker (amqtt)"
    ports = ("mqtt",)
    patience_s = 60.0

    def __init__(self, home: Home) -> None:
        self._home = home
        self._passwords = home.secret_file("broker.hash")

    async def prepare(self) -> None:
        # The password is random, so a costly hash would protect nothing and slow down every connection.
        hasher = Argon2Hasher(time_cost=1, memory_cost=64, parallelism=1)
        write_private(self._passwords, f"{_USER}:{hasher.hash(self._home.secret(self.name))}\n")

    def launch(self, ports: Mapping[str, int]) -> Launch:
        script = Path(__file__).with_name("amqtt_process.py")
        address = f"{LOOPBACK}:{ports['mqtt']}"
        return Launch([sys.executable, "-P", str(script), address, str(self._passwords)], self._home.folder)

    async def probe(self, ports: Mapping[str, int]) -> None:
        await greet(self.endpoint(ports), patience_s=1)

    def endpoint(self, ports: Mapping[str, int]) -> Broker:
        return Broker(LOOPBACK, ports["mqtt"], _USER, self._home.secret(self.name))


async def greet(broker: Broker, patience_s: float = 5) -> None:
    """Connect and leave again. Raises ``Unavailable`` where the broker does not answer or refuses us."""
    probe = MqttConnection(broker, _Silent(), "plantroom-probe", persistent=False)
    async with open_connection(probe, patience_s=patience_s):
        return


class _Silent:
    """Wants nothing of a connection but that it can be made."""

    def has_room(self) -> bool:
        return True

    def connected(self, generation: int) -> None: ...

    def arrived(self, arrivals: Sequence[Arrival]) -> None: ...
