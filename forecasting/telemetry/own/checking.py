"""The first start of an own model: whether it is there at all, and its checksum."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from forecasting.telemetry.candidates import CandidateFailed
from forecasting.telemetry.own.model import OwnModel
from graph_schema.errors import InvalidInput


async def started(own: OwnModel) -> OwnModel:
    """The model with the checksum of what runs. Raises ``InvalidInput`` with what is wrong with it."""
    return await asyncio.to_thread(_started, own)


def _started(own: OwnModel) -> OwnModel:
    try:
        with own.calls() as calls:
            return replace(own, checksum=calls.sha256)
    except CandidateFailed as error:
        raise InvalidInput(str(error)) from error
