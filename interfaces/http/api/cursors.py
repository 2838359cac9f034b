"""Pages: where the next one begins, as a text that callers send back as it is."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Generic, TypeVar, cast
from urllib.parse import urlencode

from fastapi import Query
from pydantic import BaseModel, Field
from starlette.requests import Request

from graph_schema.errors import InvalidInput

Item = TypeVar("Item", bound=BaseModel)
Position = list[str | int | float | None]
MOST = 500
Limit = Annotated[int, Query(ge=1, le=MOST, description="how many to list on a page")]
Cursor = Annotated[
    str | None, Query(max_length=2_000, description="`next` of the page before; left out: the first page")
]


class Page(BaseModel, Generic[Item]):
    """``next`` is the cursor of the next page; null on the last one."""

    items: list[Item]
    next: str | None = Field(default=None)


def page_of(items: Sequence[Item], limit: int, position: Sequence[str | int | None]) -> Page[Item]:
    """A page of up to ``limit`` of the items, of which one more was read if there is another page; it begins after ``position``."""
    more = len(items) > limit
    return Page[Item](items=list(items[:limit]), next=cursor_of(position) if more else None)


def cursor_of(position: Sequence[str | int | float | None]) -> str:
    text = json.dumps(list(position), separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def position_of(cursor: str | None, *kinds: type) -> Position | None:
    """What a cursor says, of these kinds. Raises ``InvalidInput`` for one that is not ours."""
    if cursor is None:
        return None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        found: object = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    except (ValueError, RecursionError) as error:
        raise InvalidInput(_NOT_OURS) from error
    if not isinstance(found, list):
        raise InvalidInput(_NOT_OURS)
    position = cast(Position, found)
    if [type(one) for one in position] != list(kinds):
        raise InvalidInput(_NOT_OURS)
    if any(isinstance(one, str) and not _storable(one) for one in position):
        raise InvalidInput(_NOT_OURS)
    return position


def moment_of(text: object) -> datetime:
    """A moment of a cursor. Raises ``InvalidInput``."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError as error:
        raise InvalidInput(_NOT_OURS) from error
    if found.tzinfo is None:
        raise InvalidInput(_NOT_OURS)
    return found


def link(request: Request, cursor: str | None) -> dict[str, str]:
    """The ``Link`` header of a page that has another after it."""
    if cursor is None:
        return {}
    query = [(key, value) for key, value in request.query_params.multi_items() if key != "cursor"]
    return {"link": f'<{request.url.path}?{urlencode([*query, ("cursor", cursor)])}>; rel="next"'}


def _storable(text: str) -> bool:
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


_NOT_OURS = (
    "The cursor is not one of ours: send `next` of the page before as it is, or leave it out for the first page."
)
