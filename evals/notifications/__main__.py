"""``make reliability-notifications``: kill processes that tell people after each step, on servers of their own, and say what came of it."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from evals.notifications.channel import Channel, loopback
from evals.notifications.dying import STEPS
from evals.notifications.stage import demo
from evals.notifications.trial import Came, try_kills


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.notifications", description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    rounds = parser.parse_args().rounds
    with (
        tempfile.TemporaryDirectory(prefix="plantroom-notifications-", ignore_cleanup_errors=True) as folder,
        loopback() as channel,
    ):
        Path(folder).chmod(0o755)
        print("| killed after | messages | of these say that they may have come before |\n|---|---|---|", flush=True)
        found = asyncio.run(_try(Path(folder), channel, rounds))
    sys.exit(0 if all(one.sound for one in found) else 1)


def _print(one: Came) -> None:
    print(f"| {one.step} | {one.messages} | {one.repeated} |", flush=True)


async def _try(folder: Path, channel: Channel, rounds: int) -> list[Came]:
    async with demo(folder, channel) as stage:
        return await try_kills(stage, STEPS * rounds, _print)


if __name__ == "__main__":
    main()
