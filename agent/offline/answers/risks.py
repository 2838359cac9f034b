"""What needs attention most, why, and what to do."""

from collections.abc import Sequence

from agent.offline.answers.outcomes import Outcome, first
from agent.offline.intents import Intent
from agent.offline.phrases import Speaker, plural
from tools.results.risks import RankedRisks
from tools.sentences.notation import number


def say_risk(speaker: Speaker, intent: Intent, outcomes: Sequence[Outcome]) -> str:
    ranked = first(outcomes, RankedRisks)
    if not ranked.risks:
        return (
            f"Nothing stands out among the {ranked.assessed} assessed."
            if ranked.assessed
            else "There is nothing to assess."
        )
    worst, others = ranked.risks[0], ranked.risks[1:]
    if intent.yes_no and intent.things is not None and intent.things.ids == (worst.asset.id,):
        lead = f"Yes, {speaker.name(worst.asset)} needs attention"
    elif others or ranked.assessed > 1:
        lead = f"{speaker.name(worst.asset)} needs attention most"
    else:
        lead = f"{speaker.name(worst.asset)} needs attention"
    found = [reason for reason in worst.reasons if not _is_weight(reason) and not _is_advice(reason)]
    said = [f"{lead} (risk {number(worst.score)} of 100)" + (f": {found[0]}." if found else ".")]
    said += _advised([reason for reason in worst.reasons if _is_advice(reason)])
    if worst.dependents:
        said.append(
            f"{worst.dependents} {plural('thing', worst.dependents)} {'depends' if worst.dependents == 1 else 'depend'} on it."
        )
    lines = [f"- {reason[:1].upper()}{reason[1:].rstrip('.')}." for reason in found[1:4]]
    then = [
        f"- {speaker.name(one.asset)} ({number(one.score)}): {one.reasons[0] if one.reasons else 'no particular reason'}."
        for one in others
    ]
    return "\n".join([" ".join(said), *lines, *(["Then:", *then] if then else [])])


def _advised(reasons: Sequence[str]) -> list[str]:
    """The likeliest cause with what to do about it; of another one only its name."""
    said = [reason.removeprefix("this can mean:").strip().rstrip(".") for reason in reasons]
    if not said:
        return []
    first = f"{said[0][:1].lower()}{said[0][1:]}"
    other = f" It can also be {said[1].partition('. ')[0]}." if len(said) > 1 else ""
    return [f"This can mean {first}.{other}"]


def _is_advice(reason: str) -> bool:
    return reason.startswith("this can mean")


def _is_weight(reason: str) -> bool:
    return reason.startswith("its criticality") or reason.endswith(("depends on it", "depend on it"))
