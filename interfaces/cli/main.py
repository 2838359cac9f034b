"""The command line: which commands there are. Each of them is a module of its own in ``commands``, imported when it is run."""

import typer

from interfaces.cli.lazy import LazyGroup

HELP = "Ask a plant how it is, and keep its graph current. Settings come from PLANTROOM_* variables and a .env file."


class Commands(LazyGroup):
    """One line a command; other packages contribute theirs as entry points of the group ``plantroom.commands``."""

    references = {
        "demo": "interfaces.cli.commands.serve:demo",
        "serve": "interfaces.cli.commands.serve:serve",
        "ingest": "interfaces.cli.commands.ingest:ingest",
        "bridge": "interfaces.cli.commands.ingest:bridge",
        "start": "interfaces.cli.commands.serve:start",
        "import": "interfaces.cli.commands.plant:import_",
        "map": "interfaces.cli.commands.maps:map_",
        "export": "interfaces.cli.commands.export.export:export",
        "replay": "interfaces.cli.commands.plant:replay",
        "read": "interfaces.cli.commands.readers.read:read",
        "simulate": "interfaces.cli.commands.plant:simulate",
        "ask": "interfaces.cli.commands.ask:ask",
        "tool": "interfaces.cli.commands.tool:tool",
        "forecast": "interfaces.cli.commands.jobs:forecast",
        "retention": "interfaces.cli.commands.stores:retention",
        "doctor": "interfaces.cli.commands.doctor:doctor",
        "migrate": "interfaces.cli.commands.stores:migrate",
        "limits": "interfaces.cli.commands.limits:limits",
        "alarms": "interfaces.cli.commands.alarms:alarms",
        "jobs": "interfaces.cli.commands.jobs:jobs",
        "models": "interfaces.cli.commands.models:models",
        "dead-letters": "interfaces.cli.commands.dead_letters:dead_letters",
        "topics": "interfaces.cli.commands.topics:topics",
        "brief": "interfaces.cli.commands.briefings.brief:brief",
        "notes": "interfaces.cli.commands.notes:notes",
        "approvals": "interfaces.cli.commands.approvals.approvals:approvals",
        "users": "interfaces.cli.commands.people.users:users",
        "tokens": "interfaces.cli.commands.people.tokens:tokens",
        "audit": "interfaces.cli.commands.people.audit:audit",
        "cmms": "interfaces.cli.commands.cmms.cmms:cmms",
        "work-orders": "interfaces.cli.commands.orders.work_orders:work_orders",
        "plans": "interfaces.cli.commands.orders.plans:plans",
        "schedule": "interfaces.cli.commands.orders.schedule:schedule",
        "load": "interfaces.cli.commands.load.load:load",
        "webhooks": "interfaces.cli.commands.webhooks.webhooks:webhooks",
        "notify": "interfaces.cli.commands.notify.notify:notify",
        "oncall": "interfaces.cli.commands.notify.oncall:oncall",
        "slack": "interfaces.cli.commands.notify.slack:slack",
        "records": "interfaces.cli.commands.orders.records:records",
        "vibration": "interfaces.cli.commands.vibration:vibration",
        "language": "interfaces.cli.language.commands:language",
    }


cli = typer.Typer(
    cls=Commands,
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"max_content_width": 120},
)


@cli.callback()
def _plantroom() -> None:  # pyright: ignore[reportUnusedFunction]
    pass


def main() -> None:
    """Run the command line with the commands of this package and those that other packages contribute."""
    cli()
