"""A disk small enough to fill."""

import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from graph_schema.errors import Unavailable

_BALLAST = "ballast"


class SmallDisk:
    def __init__(self, folder: Path) -> None:
        self._ballast = folder / _BALLAST

    def fill(self) -> None:
        """Write until nothing fits any more."""
        with self._ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(1 << 20))
            except OSError:
                return

    def free(self) -> None:
        self._ballast.unlink()


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Generator[SmallDisk]:
    """Mount one at ``folder``. Raises ``Unavailable`` without the right to mount."""
    folder.mkdir(parents=True, exist_ok=True)
    mounting = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=0711", "tmpfs", str(folder)],
        capture_output=True,
        text=True,
    )
    if mounting.returncode:
        raise Unavailable(f"A disk that can be filled needs the right to mount one: {mounting.stderr.strip()}")
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
