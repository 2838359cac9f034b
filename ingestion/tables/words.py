"""The words by which columns of exports are known: data, in the languages of building systems."""

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml


@cache
def words() -> Mapping[str, Any]:
    """By what they stand for."""
    return yaml.safe_load((files("ingestion.tables") / "words.yaml").read_text("utf-8"))
