"""``plantroom map suggest``: a map for files, and how it reads them."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from graph_schema.errors import InvalidInput
from ingestion.sources.replay.preview import Preview, preview
from ingestion.tables.suggest import suggest_map
from interfaces.cli.payloads import plain
from interfaces.local.operation import Desk, operation

_MOST_BAD = 5


@operation(served=False, needs_plant=False)
async def suggest_files(desk: Desk, files: list[Path], timezone: str | None, output: Path | None) -> None:
    suggestion = suggest_map(files, timezone)
    seen = [(path, preview(path, suggestion.map)) for path in files]
    told = [line for path, one in seen for line in preview_lines(path, one)]
    show_map(desk, suggestion.text, told, output)
    if bad := sum(len(one.bad) for _, one in seen):
        raise InvalidInput(f"{bad:,} rows cannot be read with it: see above.")


def show_map(desk: Desk, text: str, told: Sequence[str], output: Path | None) -> None:
    """The map, which is YAML as a whole on standard output: what is told beside it are remarks there."""
    if output is None:
        desk.write(text + "".join(f"# {plain(line)}\n" for line in told))
        return
    try:
        with output.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise InvalidInput(f"There is a file {output} already; it stays as it is.") from error
    except OSError as error:
        raise InvalidInput(f"The map cannot be written to {output}: {error.strerror}.") from error
    for line in [f"The map is in {output}.", *told]:
        desk.out.print(plain(line), markup=False, soft_wrap=True)


def preview_lines(path: Path, seen: Preview) -> Iterator[str]:
    """How a file is read: counts, the first rows, and the first that cannot be read."""
    others = [
        (seen.not_good, "values that the file marks as no good"),
        (seen.other_lines, "lines that are no rows"),
        (len(seen.bad), "rows that cannot be read"),
    ]
    more = "".join(f", {number:,} {what}" for number, what in others if number)
    yield f"{path.name}: {seen.rows:,} rows with {seen.values:,} values{more}. The first, as they are read:"
    yield from (f"  {line}" for line in seen.lines)
    yield from (f"  line {row.line}: {row.why}" for row in seen.bad[:_MOST_BAD])
