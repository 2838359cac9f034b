"""``make reliability-approvals``: kill processes that settle proposals, on a database of its own, and say what came of it."""

import argparse
import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from evals.approvals.trial import Outcome, try_proposals
from ingestion.history.history import open_history
from interfaces.embedded.home import Home
from interfaces.embedded.postgres import Postgres
from interfaces.embedded.supervision import Supervised


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m evals.approvals", description=__doc__)
    parser.add_argument("--proposals", type=int, default=600)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    outcome = asyncio.run(_try(options.proposals, options.seed))
    print(
        f"{outcome.proposals:,} proposals, {outcome.kills:,} kills: {outcome.done:,} done, {outcome.rejected:,} rejected, "
        f"{outcome.ambiguous:,} wait for a person; {outcome.double} ran twice, {outcome.unapproved} unapproved, {outcome.lost} lost."
    )
    sys.exit(0 if outcome.sound else 1)


async def _try(proposals: int, seed: int) -> Outcome:
    folder = Path(tempfile.mkdtemp(prefix="plantroom-approvals-"))
    home = Home(folder)
    home.prepare()
    try:
        server = Postgres(home)
        async with Supervised(server, home) as running:
            dsn = server.endpoint(running.ports)
            async with open_history(dsn) as history:
                return await try_proposals(history, dsn, proposals, seed)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
