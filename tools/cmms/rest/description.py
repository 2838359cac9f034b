"""The file that describes a maintenance system's interface: ``ready/upkeep.yaml`` and ``ready/fiix.yaml``, or a site's own."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from graph_schema.errors import InvalidInput
from ingestion.orders.order import Priority, Status

READY = ("upkeep", "fiix")


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Call(_Part):
    """A request. Texts may hold ``{name}`` or ``{name|form}`` (``filling.py``); a field whose value is nothing is left out.

    ``answer`` is the path to what is asked for, ``items`` the path to a list of it. ``safe``: it changes nothing, whatever its method.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"] = "GET"
    path: str
    query: dict[str, str] = Field(default_factory=dict[str, str])
    body: Any = None
    answer: str = ""
    items: str = ""
    safe: bool = False


class Paged(Call):
    """A list that comes in pages, which end with one of fewer than ``size`` items. ``sorted``: by the moment of the change, the oldest first."""

    size: int = Field(default=100, ge=1, le=1000)
    sorted: bool = False


class Fields(_Part):
    """Where an item holds what: paths as ``asset.id``."""

    id: str = "id"
    name: str = "name"
    code: str = ""
    email: str = ""


class Listing(_Part):
    call: Paged
    fields: Fields = Fields()


class OrderFields(_Part):
    """Where an order holds what; an empty path where it does not."""

    id: str = "id"
    number: str = ""
    title: str = "title"
    description: str = ""
    status: str = "status"
    priority: str = ""
    asset: str = ""
    assignee: str = ""
    due: str = ""
    changed: str = ""
    opened: str = ""
    closed: str = ""
    remark: str = ""
    code: str = ""


class Login(_Part):
    """A call that brings the token for ``{token}``."""

    call: Call
    token: str


class Authentication(_Part):
    """Headers and query of each request. ``sign: url`` puts the hexadecimal HMAC-SHA256 of the address, without its scheme, into the header
    ``authorization``, with the key as its secret."""

    headers: dict[str, str] = Field(default_factory=dict[str, str])
    query: dict[str, str] = Field(default_factory=dict[str, str])
    login: Login | None = None
    sign: Literal["url"] | None = None


class Hook(_Part):
    """How webhooks are signed (``webhooks.py``), and the path to the order's id in their bodies."""

    header: str
    form: Literal["hmac-hex", "hmac-base64", "token"] = "hmac-hex"
    order: str = "id"


class Calls(_Part):
    """What is left out cannot be done there. ``then`` follows a creation, such as joining the asset to the order."""

    create: Call
    then: tuple[Call, ...] = ()
    get: Call
    changed: Paged
    find: Call | None = None
    status: Call | None = None
    assign: Call | None = None
    amend: Call | None = None
    labor: Call | None = None
    parts: Call | None = None
    lines: Call | None = None


class Description(_Part):
    """``key_in`` is the text of an order that carries our key at its end, of at most ``longest`` characters; ``error`` the path to a message of
    error in an answer that is none by its code."""

    name: str = Field(min_length=1, max_length=60)
    cannot: tuple[str, ...] = ()
    content_type: str = "application/json"
    error: str = ""
    authentication: Authentication = Authentication()
    statuses: dict[str, Status]
    priorities: dict[str, Priority] = Field(default_factory=dict[str, Priority])
    key_in: Literal["title", "description"] = "description"
    longest: int | None = Field(default=None, ge=60)
    order: OrderFields
    calls: Calls
    assets: Listing
    people: Listing | None = None
    hook: Hook | None = None

    @model_validator(mode="after")
    def _words(self) -> Description:
        if "open" not in self.statuses.values() or "done" not in self.statuses.values():
            raise ValueError("statuses need a word for open and one for done")
        if not self.order.changed:
            raise ValueError("order.changed is needed: where an order holds the moment of its last change")
        return self

    def word(self, status: Status) -> str | None:
        """The first of the vendor's words for a status of ours."""
        return next((word for word, ours in self.statuses.items() if ours == status), None)

    def priority_word(self, priority: Priority) -> str | None:
        found = next((word for word, ours in self.priorities.items() if ours == priority), None)
        return found or (self.priority_word("high") if priority == "urgent" else None)


def read_description(text: str, source: str) -> Description:
    """Raises ``InvalidInput`` with the first mistake."""
    try:
        return Description.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, RecursionError) as error:
        raise InvalidInput(f"{source} is no YAML: {' '.join(str(error).split())[:300]}") from error
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        place = ".".join(str(one) for one in first["loc"]) or "the file"
        raise InvalidInput(f"{source}: {place}: {first['msg'].removeprefix('Value error, ')}.") from error


def description_of(vendor: str, file: Path | None) -> Description:
    """The site's own file, or else the ready one of a vendor. Raises ``InvalidInput``."""
    if file is None and vendor not in READY:
        raise InvalidInput(
            f"Which file describes the maintenance system? Set PLANTROOM_CMMS_FILE; there are ready ones for {' and '.join(READY)}."
        )
    try:
        text = (
            file.read_text("utf-8")
            if file
            else files("tools.cmms.rest").joinpath(f"ready/{vendor}.yaml").read_text("utf-8")
        )
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"The file {file} cannot be read: {error}.") from error
    return read_description(text, str(file) if file else f"{vendor}.yaml")


Values = Mapping[str, object]
