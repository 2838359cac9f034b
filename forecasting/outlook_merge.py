"""From what detectors say of an asset, and what is ahead of its limits, to one outlook in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from forecasting.anomalies.detectors import Finding
from forecasting.anomalies.verdict import span
from forecasting.outlook import Certainty, Outlook

MODEL = "anomalies 1"
_REASONS = 6
_CLEAR = 2.0  # times its limit
_AT_ONCE = ("silence", "following", "rest")  # what is plain to see at a single look


def with_findings(
    ahead: Outlook, findings: Sequence[Finding], points: Mapping[str, tuple[str, ...]], now: datetime
) -> Outlook:
    """``ahead`` is the outlook towards the limits; ``points`` are the ids of those behind each name of the asset's window.

    Flagged if either is: then no probability is told that rests on the past going on as it was. Sound if either could tell, else neither could.
    """
    unknown = tuple(
        f"{one.detector}: {'; '.join(one.verdict.reasons)}" for one in findings if one.state == "cannot tell"
    )
    wrong = sorted((one for one in findings if one.state == "flagged"), key=lambda one: -(one.verdict.score or 0))
    model = f"{ahead.model}, {MODEL}"
    if not wrong:
        sound = ahead.state == "cannot tell" and any(one.state == "sound" for one in findings)
        if sound:
            return replace(ahead, state="sound", reasons=(), unknown=(*ahead.reasons, *unknown), model=model)
        return replace(ahead, unknown=unknown, model=model)
    names = list(dict.fromkeys(name for one in wrong for name in one.verdict.quantities))
    behind = [id_ for name in names for id_ in points.get(name, ())]
    wearing = ahead.state == "flagged"
    began = now - timedelta(seconds=max(one.lasted_s for one in wrong))
    return replace(
        ahead,
        state="flagged",
        probability=ahead.probability if wearing else None,
        reasons=(*(ahead.reasons if wearing else ()), *_said(wrong))[:_REASONS],
        points=tuple(dict.fromkeys((*ahead.points, *behind))),
        since=min(began, ahead.since) if wearing and ahead.since else began,
        certainty="certain" if wearing else certainty(wrong),
        unknown=unknown,
        model=model,
    )


def certainty(wrong: Sequence[Finding]) -> Certainty:
    """Certain: plain to see, or far beyond its limit for more than a day or by more than one check. Possible: just beyond it, once."""
    best = max(one.verdict.score or 1.0 for one in wrong)
    lasts = max(one.lasted_s for one in wrong) > 0
    if any(one.detector.startswith(_AT_ONCE) for one in wrong):
        return "certain"
    if best >= _CLEAR and (lasts or len(wrong) > 1):
        return "certain"
    return "likely" if lasts or len(wrong) > 1 or best >= _CLEAR else "possible"


def _said(wrong: Sequence[Finding]) -> list[str]:
    """Each sentence once, the weightiest first, with how long it has been so."""
    said: dict[str, None] = {}
    for one in wrong:
        lasted = f", and has been so for {span(one.lasted_s)}" if one.lasted_s else ""
        for reason in one.verdict.reasons:
            said.setdefault(f"{reason}{lasted}")
    return list(said)
