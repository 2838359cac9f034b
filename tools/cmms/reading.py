"""Values as vendors write them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, TypeVar, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from tools.cmms.outcomes import Unreadable

_MILLISECONDS = 100_000_000_000
"""Above it a number of the epoch counts milliseconds."""


def moment(value: object) -> datetime | None:
    """From ISO 8601, with any offset, or from the epoch in seconds or milliseconds. Raises ``ValueError``."""
    match value:
        case None | "":
            return None
        case bool():
            raise ValueError("a truth value is no moment")
        case int() | float():
            return datetime.fromtimestamp(value / 1000 if abs(value) >= _MILLISECONDS else value, UTC)
        case datetime():
            return value if value.tzinfo else value.replace(tzinfo=UTC)
        case str():
            told = datetime.fromisoformat(value)
            return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)
        case _:
            raise ValueError("this is no moment")


Moment = Annotated[datetime | None, BeforeValidator(moment)]
Text = Annotated[str, BeforeValidator(lambda value: "" if value is None else str(value))]
"""Also of a number, which some vendors have for ids."""


class Answer(BaseModel):
    """A part of a vendor's answer: what is not asked for is left aside."""

    model_config = ConfigDict(extra="ignore", populate_by_name=True)


Kind = TypeVar("Kind", bound=BaseModel)


def read_as(kind: type[Kind], value: object, name: str) -> Kind:
    """Raises ``Unreadable`` for what has another form: it is not this vendor's interface that answers."""
    try:
        return kind.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(str(one) for one in first["loc"])
        raise Unreadable(
            f"What answers is not of the form that {name} has ({place or 'the whole'}: {first['msg']}). Are PLANTROOM_CMMS_URL and the vendor right?"
        ) from error


def written(at: datetime) -> str:
    """As Java and JavaScript read it."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def same_text(one: str | None, other: str | None) -> bool:
    return (one or "").strip().casefold() == (other or "").strip().casefold()


def listed(value: object) -> list[object]:
    """A list in an answer; nothing is an empty one."""
    return cast(list[object], value) if isinstance(value, list) else []
