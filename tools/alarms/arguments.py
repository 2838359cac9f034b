"""What the tools that act on alarms take."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Named = Annotated[
    str, Field(max_length=200, description="id or exact name of an asset, its parts included, or of a point")
]
Why = Annotated[str | None, Field(max_length=1_000, description="the reason, in the person's own words")]
