"""What the benchmarks on a large plant share on the command line: their arguments, and what they print and keep."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def read_arguments(description: str, *, repeats: int, only: str, out: Path) -> argparse.Namespace:
    """``assets``, ``repeats``, ``home``, ``only`` and ``out`` as they were given."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--assets", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=repeats)
    parser.add_argument("--home", type=Path, help="a folder to keep the plant in; a temporary one by default")
    parser.add_argument("--only", help=only)
    parser.add_argument("--out", type=Path, default=out)
    return parser.parse_args()


def report(
    console: Console,
    table: Table,
    figures: Mapping[str, Any],
    timed: tuple[str, Sequence[DataclassInstance]],
    out: Path,
) -> None:
    """Print them, and keep them as JSON with each that was timed, under a name."""
    console.print(table)
    console.print(figures)
    name, each = timed
    out.parent.mkdir(parents=True, exist_ok=True)
    found = {**figures, name: [asdict(one) for one in each]}
    out.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")
