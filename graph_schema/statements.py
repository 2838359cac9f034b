"""Named statements kept in ``.cypher`` and ``.sql`` files beside the code that runs them.

A file holds blocks; each starts with ``-- name: what it does`` (``//`` in Cypher) and runs to the next such line.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_HEAD = re.compile(r"^(?:--|//)\s*([a-z0-9_]+):\s+(.+)$", re.MULTILINE)


@cache
def statements(package: str, file: str) -> Mapping[str, str]:
    """The blocks of one file, by name."""
    text = files(package).joinpath(file).read_text("utf-8")
    heads = list(_HEAD.finditer(text))
    ends = [head.start() for head in heads[1:]] + [len(text)]
    return {head[1]: text[head.end() : end].strip() for head, end in zip(heads, ends, strict=True)}
