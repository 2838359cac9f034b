"""A Kafka broker of our own, from the libraries and settings of ``scripts/services``, that keeps its data when it is killed."""

import asyncio
import base64
import json
import os
import secrets
import signal
from asyncio.subprocess import DEVNULL
from pathlib import Path

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from graph_schema.errors import Unavailable
from interfaces.embedded.child import Child, Launch, start_child
from interfaces.embedded.ports import choose

_SERVICES = Path("build/services/state.json")


class KafkaBroker:
    """One node, both broker and controller. ``servers`` is its address."""

    def __init__(self, folder: Path, jars: str, pattern: Path) -> None:
        self._java = ["java", "-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{jars}/*"]
        self._folder = folder
        self._settings = folder / "server.properties"
        self._child: Child | None = None
        ports = choose(["kafka", "control"], {})
        self.servers = f"127.0.0.1:{ports['kafka']}"
        self._text = _settings(pattern.read_text(), folder, ports["kafka"], ports["control"])

    async def prepare(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        self._settings.write_text(self._text)
        name = base64.urlsafe_b64encode(secrets.token_bytes(16)).decode().rstrip("=")
        formatting = await asyncio.create_subprocess_exec(
            *self._java, "kafka.tools.StorageTool", "format", "--standalone",
            "-t", f"A{name[1:]}", "-c", str(self._settings), stdout=DEVNULL,
        )  # fmt: skip
        if await formatting.wait():
            raise Unavailable("Kafka could not set up its storage.")

    async def start(self) -> None:
        launch = Launch([*self._java, "kafka.Kafka", str(self._settings)], self._folder)
        self._child = await start_child(launch, self._folder / "kafka.log")
        admin = AdminClient({"bootstrap.servers": self.servers, "log_level": 0})
        async with asyncio.timeout(60):
            while not await asyncio.to_thread(_answers, admin):
                if self._child.exited:
                    raise Unavailable(f"Kafka did not start: {self._child.last_words()}")

    async def kill(self) -> None:
        if self._child:
            os.kill(self._child.pid, signal.SIGKILL)
            await self._child.wait()
            self._child = None

    async def stop(self) -> None:
        if self._child:
            await self._child.stop()


def kafka_broker(folder: Path) -> KafkaBroker:
    """Raises ``Unavailable`` where ``scripts/services`` has not provided Kafka."""
    state: dict[str, dict[str, str]] = json.loads(_SERVICES.read_text()) if _SERVICES.exists() else {}
    entry = state.get("kafka", {"error": "it has not been set up"})
    if "error" in entry:
        raise Unavailable(f"Kafka cannot be had: {entry['error']}. Run `scripts/services up`.")
    return KafkaBroker(folder, entry["jars"], Path(entry["settings"]))


def _answers(admin: AdminClient) -> bool:
    try:
        return bool(admin.list_topics(timeout=1).brokers)
    except KafkaException:
        return False


def _settings(pattern: str, folder: Path, kafka: int, control: int) -> str:
    listeners = f"PLAINTEXT://127.0.0.1:{kafka},CONTROLLER://127.0.0.1:{control}"
    settings = dict(line.split("=", 1) for line in pattern.splitlines() if "=" in line) | {
        "listeners": listeners,
        "advertised.listeners": listeners,
        "controller.quorum.bootstrap.servers": f"127.0.0.1:{control}",
        "log.dirs": f"{folder}/data",
    }
    return "".join(f"{name}={value}\n" for name, value in settings.items())
