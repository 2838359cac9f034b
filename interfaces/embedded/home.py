"""The data folder: what the embedded servers keep in it, and who may read that.

HOME/secrets/NAME     a server's password; its owner reads it and nobody else
HOME/servers/NAME.json  where the server is and which process it is
HOME/servers/NAME.lock  held by the command that runs the server
HOME/servers/NAME.log   what the server printed
HOME/NAME/            the server's data
HOME/identity         a random word by which the web app of this home is told from another's
"""

import json
import os
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from graph_schema.errors import Unavailable

_NEEDED_MB = 200
"""A fresh home takes 40 MB before any data; below this a server would stop halfway through its first start."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server as its owner wrote it down. ``started`` tells its process from a later one with the same number."""

    ports: Mapping[str, int]
    pid: int
    started: float
    owner: int
    ready: bool


class Home:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self) -> None:
        """Make the folders. Raises ``Unavailable`` when they cannot be made or the disk is full."""
        try:
            for folder in (self.folder, self.folder / "secrets", self.folder / "servers"):
                if not folder.is_dir():
                    folder.mkdir(mode=0o700, parents=True)
            (self.folder / "secrets").chmod(0o700)
            probe = self.folder / "servers" / f".probe-{os.getpid()}"
            write_private(probe, "")
            probe.unlink()
            free_mb = self.free_mb()
        except OSError as error:
            raise Unavailable(
                f"The data folder {self.folder} cannot be written: {error.strerror}. "
                "Set PLANTROOM_HOME to a folder that can."
            ) from error
        if free_mb < _NEEDED_MB:
            raise Unavailable(
                f"The disk of {self.folder} is full: {free_mb} MB are free and {_NEEDED_MB} MB are needed. "
                "Make room there, or set PLANTROOM_HOME to a folder on another disk."
            )

    def free_mb(self) -> int:
        return shutil.disk_usage(self.folder).free // 1_000_000

    def secret(self, name: str) -> str:
        """The password of a server, made up on first use."""
        path = self.secret_file(name)
        if not path.exists():
            write_private(path, secrets.token_urlsafe(24))
        return path.read_text()

    def identity(self) -> str:
        """A random word, made up on first use. It is no secret."""
        path = self.folder / "identity"
        if not path.exists():
            write_private(path, secrets.token_hex(8))
        return path.read_text()

    def secret_file(self, name: str) -> Path:
        return self.folder / "secrets" / name

    def log(self, name: str) -> Path:
        return self.folder / "servers" / f"{name}.log"

    def lock(self, name: str) -> Path:
        return self.folder / "servers" / f"{name}.lock"

    def running(self, name: str) -> Running | None:
        """What the last owner wrote down; None where there was none."""
        try:
            return Running(**json.loads(self._state(name).read_text()))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError) as error:
            raise Unavailable(f"{self._state(name)} is damaged. Delete it and start again.") from error

    def write_down(self, name: str, running: Running) -> None:
        write_private(self._state(name), json.dumps(asdict(running)))

    def _state(self, name: str) -> Path:
        return self.folder / "servers" / f"{name}.json"


def write_private(path: Path, text: str) -> None:
    """Write a file for its owner alone, whole or not at all."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)
    part.write_text(text)
    part.replace(path)
