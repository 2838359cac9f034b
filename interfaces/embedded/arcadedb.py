"""The embedded graph: ArcadeDB from the package ``arcadedb-embedded``, which brings its own Java."""

import importlib.util
import os
from collections.abc import Mapping
from pathlib import Path

from neo4j.exceptions import DriverError, Neo4jError

from graph_schema.errors import Unavailable
from graph_schema.store.bootstrap import SqlEndpoint
from graph_schema.store.graph import open_graph
from interfaces.embedded.child import Launch
from interfaces.embedded.endpoints import GraphEndpoint
from interfaces.embedded.home import Home
from interfaces.embedded.ports import LOOPBACK, connects

_USER = "root"
_A_DAY_MS = 86_400_000
_LOGS_KEPT = 10
_LOGGING = """handlers = java.util.logging.ConsoleHandler
.level = INFO
io.undertow.level = WARNING
org.xnio.level = WARNING
org.jboss.level = WARNING
java.util.logging.ConsoleHandler.level = INFO
java.util.logging.ConsoleHandler.formatter = com.arcadedb.utility.AnsiLogFormatter
"""
"""What it prints is kept short by us; by itself it would keep the same in files of its own, up to a gigabyte."""


class ArcadeDb:
    name = "graph"
    title = "the graph (ArcadeDB)"
    ports = ("bolt", "http")
    patience_s = 120.0

    def __init__(self, home: Home, memory: str) -> None:
        self._home = home
        self._memory = memory
        self._data = home.folder / "graph"
        self._logging = self._data / "logging.properties"

    async def prepare(self) -> None:
        self._data.mkdir(mode=0o700, exist_ok=True)
        self._home.secret(self.name)
        self._logging.write_text(_LOGGING)
        for log in sorted((self._data / "log").glob("*"))[:-_LOGS_KEPT]:  # it makes one at each start
            log.unlink(missing_ok=True)

    def launch(self, ports: Mapping[str, int]) -> Launch:
        package = _package()
        options = {
            "server.rootPath": self._data,
            "server.databaseDirectory": self._data / "databases",
            "server.rootPasswordPath": self._home.secret_file(self.name),  # keeps it out of the process list
            "server.mode": "production",
            "server.defaultDatabases": f"neo4j[{_USER}]",
            "server.plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
            "bolt.host": LOOPBACK,
            "bolt.port": ports["bolt"],
            "server.httpIncomingHost": LOOPBACK,
            "server.httpIncomingPort": ports["http"],
            "server.reloadEvery": _A_DAY_MS,  # reading its users again would end every connection; nobody else writes them
            "command.timeout": 30_000,
        }
        return Launch(
            argv=[
                str(package / "jre" / "bin" / "java"),
                f"-Xmx{self._memory}",
                "-XX:+UseSerialGC",
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "--add-opens",
                "java.base/java.nio=ALL-UNNAMED",
                "-Djava.awt.headless=true",
                f"-Djava.util.logging.config.file={self._logging}",
                "-cp",
                str(package / "jars" / "*"),
                *(f"-Darcadedb.{name}={value}" for name, value in options.items()),
                "com.arcadedb.server.ArcadeDBServer",
            ],
            folder=self._data,
        )

    async def probe(self, ports: Mapping[str, int]) -> None:
        await connects(ports["bolt"])
        await connects(ports["http"])
        place = self.endpoint(ports)
        async with (
            open_graph(place.url, place.user, place.password, place.database) as graph,
            graph.driver.session(database=place.database) as session,
        ):
            try:  # not a managed transaction: it would retry, and log that, while the database is being made
                await (await session.run("RETURN 1")).consume()
            except (Neo4jError, DriverError) as error:
                raise Unavailable(f"The graph does not answer: {error}") from error

    def endpoint(self, ports: Mapping[str, int]) -> GraphEndpoint:
        password = self._home.secret(self.name)
        sql = SqlEndpoint(f"http://{LOOPBACK}:{ports['http']}", _USER, password)
        return GraphEndpoint(f"bolt://{LOOPBACK}:{ports['bolt']}", _USER, password, sql=sql)


def _package() -> Path:
    found = importlib.util.find_spec("arcadedb_embedded")  # importing it would start a Java machine in this process
    folder = Path(found.origin).parent if found and found.origin else None
    if folder is None or not os.access(folder / "jre" / "bin" / "java", os.X_OK):
        raise Unavailable(
            "The embedded graph is not available for this machine (package arcadedb-embedded). "
            "Set PLANTROOM_GRAPH_URL to a Neo4j server."
        )
    return folder
