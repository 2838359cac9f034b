"""``make reliability``: break everything in turn, and write what was lost (nothing, or it says so) to ``docs/reliability.md``."""

import argparse
import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

from rich.console import Console

from evals.reliability.broker_faults import BROKER
from evals.reliability.faults import FAULTS, KAFKA, LONG, Fault
from evals.reliability.overload import OVERLOAD
from evals.reliability.page import write_page
from evals.reliability.stage import BrokerKind, open_stage, stage_folder
from evals.reliability.verdict import Verdict
from graph_schema.errors import PlantroomError

_RESULT = Path("build/reliability.json")
_PAGE = Path("docs/reliability.md")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.reliability", description=__doc__)
    parser.add_argument(
        "--only",
        nargs="*",
        default=[],
        help="names of faults, or what they begin with; by default all, and the page is written",
    )
    parser.add_argument("--write", action="store_true", help="put the rows of --only into the page; the others stay")
    parser.add_argument("--seconds", type=float, default=5.0, help="how long readings flow before and after each fault")
    options = parser.parse_args()
    every = (*FAULTS, *OVERLOAD, *LONG, *KAFKA, *BROKER)
    chosen = [fault for fault in every if not options.only or fault.name.startswith(tuple(options.only))]
    if not chosen:
        parser.error("no such fault. There are: " + ", ".join(fault.name for fault in every))
    try:
        verdicts = asyncio.run(_run(chosen, options.seconds, Console()))
    except PlantroomError as error:
        sys.exit(str(error))
    _RESULT.parent.mkdir(exist_ok=True)
    _RESULT.write_text(json.dumps({name: asdict(verdict) for name, verdict in verdicts.items()}, indent=1))
    if not options.only or options.write:
        write_page(_PAGE, every, verdicts)
    sys.exit(0 if all(verdicts[fault.name].sound for fault in chosen if not fault.peer) else 1)


async def _run(faults: Sequence[Fault], seconds: float, out: Console) -> Mapping[str, Verdict]:
    verdicts: dict[str, Verdict] = {}
    by_stage = sorted(faults, key=_stage)
    for (disk_mb, kafka, broker), those in groupby(by_stage, _stage):
        with stage_folder() as folder:
            async with open_stage(folder, out.print, disk_mb, kafka, broker) as stage:
                for fault in those:
                    verdicts[fault.name] = await fault.run(stage, seconds)
                    out.print(_sentence(fault, verdicts[fault.name]), soft_wrap=True)
    return verdicts


def _stage(fault: Fault) -> tuple[int, bool, BrokerKind]:
    return fault.disk_mb or 0, fault.kafka, fault.broker


def _sentence(fault: Fault, verdict: Verdict) -> str:
    took = "never recovered" if verdict.recovery_s is None else f"whole after {verdict.recovery_s:.1f} s"
    return (
        f"{'✓' if verdict.sound else '✗'} {fault.words}: {verdict.acknowledged:,} acknowledged, "
        f"{verdict.missing} missing, {verdict.dead_letters} dead letters, {took}"
        f"{'; ' if verdict.remark else ''}{verdict.remark}"
    )


if __name__ == "__main__":
    main()
