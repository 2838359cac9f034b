"""``make reliability-approvals``: kill processes that settle proposals, on a database of its own, and say what came of it."""

import argparse
import asyncio
import sys
import tempfile
from pathlib import Path

from evals.approvals.trial import Outcome, try_proposals
from ingestion.history.history import open_history
from interfaces.embedded.servers import open_postgres
from interfaces.settings import Settings


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
    with tempfile.TemporaryDirectory(prefix="plantroom-approvals-", ignore_cleanup_errors=True) as folder:
        settings = Settings(home=Path(folder), postgres_url=None)
        async with open_postgres(settings) as dsn, open_history(dsn) as history:
            return await try_proposals(history, dsn, proposals, seed)


if __name__ == "__main__":
    main()
