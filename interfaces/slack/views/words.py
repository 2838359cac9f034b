"""The words on messages that change: buttons, and how what they show stands."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict


class Words(BaseModel):
    """A language file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    buttons: Mapping[str, str]
    states: Mapping[str, str]
    more: str
    home: Mapping[str, str]


@cache
def words(code: str) -> Words:
    return Words(**yaml.safe_load(files("interfaces.slack.views").joinpath("words", f"{code}.yaml").read_text("utf-8")))
