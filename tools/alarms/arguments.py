"""What the tools that act on alarms take."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Named = Annotated[
    str, Field(max_length=200, description="an asset, its parts included, a point, or an incident such as I-12")
]
Why = Annotated[str | None, Field(max_length=1_000, description="the reason, in the person's own words")]
