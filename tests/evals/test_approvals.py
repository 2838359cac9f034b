"""Processes that settle proposals are killed in the middle of it."""

from evals.approvals.trial import try_proposals
from ingestion.history.history import History


async def test_nothing_runs_twice_or_unapproved_or_is_lost(history: History, postgres_dsn: str) -> None:
    outcome = await try_proposals(history, postgres_dsn, 60)
    assert (outcome.double, outcome.unapproved, outcome.lost) == (0, 0, 0), outcome
    assert outcome.done + outcome.rejected + outcome.ambiguous == 60
    assert outcome.done
    assert outcome.kills
