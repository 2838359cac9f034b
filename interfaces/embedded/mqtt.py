"""The embedded MQTT broker (``interfaces/broker``), in a process of its own with a door for ingestion and one for devices."""

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime

from ingestion.sources.mqtt.connection import Broker, MqttConnection, open_connection
from ingestion.sources.mqtt.frames import Arrival
from interfaces.broker.limits import Limits
from interfaces.broker.quiet_log import newest_error
from interfaces.broker.store import count_waiting
from interfaces.embedded.child import Launch
from interfaces.embedded.home import Home
from interfaces.embedded.ports import LOOPBACK

_USER = "plantroom"


class MqttBroker:
    """Devices come in by ``mqtt``, which opens when ingestion's session stands; the product's own processes by ``intake``."""

    name = "broker"
    title = "the MQTT broker"
    ports = ("mqtt", "intake")
    patience_s = 60.0

    def __init__(self, home: Home, limits: Limits | None = None) -> None:
        self._home = home
        self._limits = limits or Limits()
        self._data = home.folder / "broker"

    async def prepare(self) -> None:
        self._data.mkdir(mode=0o700, exist_ok=True)
        self._home.secret(self.name)

    def launch(self, ports: Mapping[str, int]) -> Launch:
        options = {
            "devices": ports["mqtt"],
            "intake": ports.get("intake", 0),
            "connections": self._limits.connections,
            "packet-bytes": self._limits.packet_bytes,
            "queue-bytes": self._limits.queue_bytes,
        }
        return Launch(
            argv=[
                *(sys.executable, "-P", "-m", "interfaces.broker"),
                *(str(self._data), str(self._home.secret_file(self.name))),
                *(f"--{name}={value}" for name, value in options.items()),
            ],
            folder=self._data,
        )

    def waiting(self) -> int:
        """How many messages wait for their subscribers."""
        return count_waiting(self._data)

    def trouble(self, since: datetime) -> str | None:
        """The last limit that was reached, or other trouble."""
        return newest_error(self._home.log(self.name), since)

    async def probe(self, ports: Mapping[str, int]) -> None:
        await greet(self.intake(ports), patience_s=1)

    def endpoint(self, ports: Mapping[str, int]) -> Broker:
        """Where devices publish."""
        return Broker(LOOPBACK, ports["mqtt"], _USER, self._home.secret(self.name))

    def intake(self, ports: Mapping[str, int]) -> Broker:
        """Where ingestion subscribes."""
        port = ports.get("intake", ports["mqtt"])  # a version before this one has one door
        return Broker(LOOPBACK, port, _USER, self._home.secret(self.name))


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
