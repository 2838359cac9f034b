"""A recording in a file of the test's own."""

from pathlib import Path
from textwrap import dedent

import pytest


@pytest.fixture
def recording(tmp_path: Path):
    def write(text: str) -> Path:
        path = tmp_path / "recording.csv"
        path.write_text(dedent(text).lstrip(), "utf-8")
        return path

    return write
