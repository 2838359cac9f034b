"""The tables of the jobs: procrastinate's own and ours beside them, in a schema of their own."""

from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from graph_schema.errors import Unavailable
from ingestion.history.history import Migration, apply_migrations, migrations_of

OPTIONS = "-c search_path=jobs -c timezone=UTC -c statement_timeout=60s -c jit=off"
"""Of each connection that works with jobs: procrastinate's statements name its tables without a schema."""

TURN = 0x6A6F6273  # "jobs"
"""The advisory lock of whoever queues jobs: nobody else decides in the same moment that a job is due."""

_PREFIX = "procrastinate "
_FIRST = "create schema if not exists jobs;"
_THERE = "set local search_path = jobs, public;"


async def migrate_jobs(dsn: str) -> list[str]:
    """Bring the tables of the jobs up to date and return the names of the migrations that ran. Safe to run from many at once."""
    theirs = _their_migrations(_library() / "sql")
    return await apply_migrations(dsn, lambda done: [*pending(theirs, done), *migrations_of("interfaces.jobs")])


def pending(theirs: Sequence[Migration], done: set[str]) -> Sequence[Migration]:
    """What of procrastinate's own steps is to be taken: the first is its whole schema, later ones are the changes since that was made.

    The whole schema bears the name of the newest change, which it contains.
    """
    taken = max((name for name in done if name.startswith(_PREFIX)), default=None)
    if taken is None:
        return theirs[:1]
    return [one for one in theirs[1:] if one.name > taken]


def _their_migrations(folder: Path) -> Sequence[Migration]:
    changes = [
        Migration(f"{_PREFIX}{file.stem}", f"{_THERE}\n{file.read_text('utf-8')}")
        for file in sorted(folder.joinpath("migrations").glob("*.sql"))
    ]
    whole = f"{_FIRST}\n{_THERE}\n{folder.joinpath('schema.sql').read_text('utf-8')}"
    return [Migration(changes[-1].name, whole), *changes]


def _library() -> Path:
    """Where procrastinate is; not imported, which takes a quarter of a second that most commands do not owe."""
    found = find_spec("procrastinate")
    if found is None or not found.submodule_search_locations:
        raise Unavailable("The library procrastinate is not installed. Run: make install")
    return Path(found.submodule_search_locations[0])
