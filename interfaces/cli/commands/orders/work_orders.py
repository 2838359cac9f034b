"""``plantroom work-orders``: what is to be done and was done, which failure models learn from."""

import base64
import getpass
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal

import typer

from interfaces.cli.dispatch import do
from interfaces.cli.lazy import load
from interfaces.cli.options import AsJson

work_orders = typer.Typer(
    help="Open, change and close work orders, show them, and import those of another system.", no_args_is_help=True
)

Role = Literal["technician", "manager", "engineer", "admin"]
Number = Annotated[str, typer.Argument(metavar="NUMBER", help="Number of the order: WO-12.")]
By = Annotated[str | None, typer.Option(help="Who asks for it, and approves it. [default: the account]")]
As = Annotated[Role, typer.Option("--as", help="In which role.")]
Propose = Annotated[bool, typer.Option("--propose", help="Only propose it, for somebody else to approve.")]
Moment = Annotated[str | None, typer.Option(help="A day or a moment: 2026-03-31T14:00.")]
Minutes = Annotated[float | None, typer.Option(help="Minutes that you have worked on it.")]
Part = Annotated[list[str] | None, typer.Option(help="A part that was used, as B-1 or B-1=2.")]
Priority = Literal["low", "medium", "high", "urgent"]
Kind = Literal["corrective", "preventive", "predictive", "inspection", "improvement", "other"]


@work_orders.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="A table or a workbook, as the other system exports it.", exists=True)],
    map_: Annotated[
        Path | None,
        typer.Option("--map", help="A YAML file that says what its columns, words and codes mean.", exists=True),
    ] = None,
    column: Annotated[
        list[str] | None, typer.Option(help="The file's own name of a column: closed_at=actual_finish.")
    ] = None,
    dates: Annotated[
        str | None, typer.Option(help="How the file writes times, such as %d.%m.%Y %H:%M; else as they look.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show how it is read and what would be learnt.")
    ] = False,
) -> None:
    """Bring work orders in, and say which rows could not be used and why. Known numbers are replaced."""
    load("interfaces.cli.work.work_orders.order_import:import_")(file, map_, column or [], dates, dry_run)


@work_orders.command("list")
def list_(
    asset: Annotated[str | None, typer.Argument(help="Only of this asset: its id, name or alias.")] = None,
    which: Annotated[
        Literal["waiting", "overdue", "done"] | None, typer.Option(help="Only those; the most urgent first.")
    ] = None,
    person: Annotated[str | None, typer.Option("--for", help="Only those that this person is to do.")] = None,
    limit: Annotated[int, typer.Option(help="How many lines.", min=1)] = 50,
    as_json: AsJson = False,
) -> None:
    """Show work orders, the newest first, with what each of them counts as."""
    do("work_orders.list_", quiet=as_json, asset=asset, which=which, person=person, limit=limit, as_json=as_json)


@work_orders.command()
def show(number: Number, as_json: AsJson = False) -> None:
    """Show all of an order: checklist, labour, parts, files, and who changed what."""
    do("work_orders.show", quiet=as_json, number=number, as_json=as_json)


@work_orders.command()
def create(
    asset: Annotated[str, typer.Argument(help="The asset: its id or exact name.")],
    text: Annotated[str, typer.Argument(help="What is to be done, in one line.")],
    kind: Annotated[Kind | None, typer.Option(help="[default: by what asks for it, else corrective]")] = None,
    priority: Annotated[Priority | None, typer.Option(help="[default: medium]")] = None,
    due: Moment = None,
    assignee: Annotated[str | None, typer.Option("--for", help="Who is to do it.")] = None,
    description: Annotated[str | None, typer.Option()] = None,
    check: Annotated[list[str] | None, typer.Option(help="A line of the checklist.")] = None,
    because: Annotated[Literal["forecast", "alarm", "plan"] | None, typer.Option(help="What asks for it.")] = None,
    reference: Annotated[str | None, typer.Option(help="Which alarm, or the id of the plan.")] = None,
    propose: Propose = False,
    by: By = None,
    role: As = "technician",
) -> None:
    """Open an order. What you type is approved as you; with --propose it waits for somebody else."""
    given = {
        "asset": asset, "text": text, "kind": kind, "priority": priority, "due": due, "assignee": assignee, "description": description,
        "checklist": check or [], "because": because, "reference": reference,
    }  # fmt: skip
    _do("create_work_order", given, propose, by, role)


@work_orders.command()
def update(
    number: Number,
    status: Annotated[Literal["open", "in_progress", "on_hold", "cancelled"] | None, typer.Option()] = None,
    assignee: Annotated[str | None, typer.Option("--for", help="Who is to do it.")] = None,
    priority: Annotated[Priority | None, typer.Option()] = None,
    due: Moment = None,
    remark: Annotated[str | None, typer.Option()] = None,
    minutes: Minutes = None,
    part: Part = None,
    tick: Annotated[list[str] | None, typer.Option(help="A line of the checklist that is done, or its number.")] = None,
    propose: Propose = False,
    by: By = None,
    role: As = "technician",
) -> None:
    """Change an order: who does it, its status, labour, parts, checklist."""
    given = {
        "number": number, "status": status, "assignee": assignee, "priority": priority, "due": due, "remark": remark,
        "minutes": minutes, "parts": _parts(part), "ticked": tick or [],
    }  # fmt: skip
    _do("update_work_order", given, propose, by, role)


@work_orders.command()
def close(
    number: Number,
    code: Annotated[
        str | None, typer.Option(help="Failure mode that was found, or NFF where nothing was wrong.")
    ] = None,
    cause: Annotated[str | None, typer.Option(help="Why it failed.")] = None,
    remark: Annotated[str | None, typer.Option(help="What was done.")] = None,
    failed_at: Moment = None,
    closed_at: Moment = None,
    minutes: Minutes = None,
    part: Part = None,
    propose: Propose = False,
    by: By = None,
    role: As = "technician",
) -> None:
    """Close an order with what was found, which says how the forecast behind it came out."""
    given = {
        "number": number, "code": code, "cause": cause, "remark": remark, "failed_at": failed_at, "closed_at": closed_at,
        "minutes": minutes, "parts": _parts(part),
    }  # fmt: skip
    _do("close_work_order", given, propose, by, role)


@work_orders.command()
def attach(
    number: Number,
    file: Annotated[
        Path, typer.Argument(help="A JPEG, PNG or WebP image, a PDF, or text.", exists=True, dir_okay=False)
    ],
    by: By = None,
) -> None:
    """Keep a photograph or a paper with an order, of at most 20 MB."""
    content = base64.b64encode(file.read_bytes()).decode()
    do("work_orders.attach", number=number, name=file.name, content=content, by=by or getpass.getuser())


@work_orders.command()
def fetch(
    number: Number,
    file: Annotated[str, typer.Argument(help="The file's name, as show tells it.")],
    to: Annotated[Path | None, typer.Option(help="Where to write it. [default: here, by its name]")] = None,
) -> None:
    """Write a file of an order to disk."""
    do("work_orders.fetch", number=number, file=file, to=str((to or Path(Path(file).name)).absolute()))


def _do(tool: str, given: Mapping[str, object], propose: bool, by: str | None, role: Role) -> None:
    arguments = {name: value for name, value in given.items() if value is not None and value != []}
    do("work_orders.change", tool=tool, arguments=arguments, propose=propose, by=by or getpass.getuser(), role=role)


def _parts(told: list[str] | None) -> list[dict[str, object]]:
    """“B-1” or “B-1=2” as part and quantity."""
    found: list[dict[str, object]] = []
    for one in told or []:
        part, _, quantity = one.partition("=")
        try:
            found.append({"part": part.strip(), "quantity": float(quantity or 1)})
        except ValueError as error:
            raise typer.BadParameter("a part is B-1 or B-1=2", param_hint="--part") from error
    return found
