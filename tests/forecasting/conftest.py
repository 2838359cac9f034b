"""What tests of forecasts share."""

from collections.abc import AsyncGenerator

import pytest

from ingestion.history import History, open_history


@pytest.fixture
async def history(postgres_dsn: str) -> AsyncGenerator[History]:
    async with open_history(postgres_dsn) as opened:
        yield opened
