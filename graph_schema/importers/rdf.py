"""RDF files of any notation, as graphs."""

import re
import warnings
from pathlib import Path
from urllib.parse import quote

from rdflib import Graph

from graph_schema.errors import InvalidInput

RDF_SUFFIXES = {".ttl": "turtle", ".n3": "n3", ".nt": "nt", ".rdf": "xml", ".owl": "xml", ".jsonld": "json-ld"}
_OTHERS = {".json": "json-ld"}
HAYSTACK_IDS = "urn:haystack#"

_LABELS = re.compile(r'("""(?:[^\\]|\\.)*?"""|"(?:[^"\\\n]|\\.)*"|<[^>\s]*>|#[^\n]*)|_:([\w:.~-]*[\w~-])', re.DOTALL)
_HAYSTACK = b"project-haystack.org"


def parse_rdf(path: Path) -> Graph:
    """Addresses that are relative to the file begin with its name, wherever it lies: it may be moved.

    Raises ``InvalidInput`` when the file is not what its suffix says.
    """
    form = (RDF_SUFFIXES | _OTHERS).get(path.suffix.lower(), "turtle")
    try:
        text = path.read_bytes()
        if form in ("turtle", "nt", "n3") and _HAYSTACK in text:
            text = _with_ids(text.decode("utf-8-sig")).encode()
        with warnings.catch_warnings():  # rdflib's reader of JSON-LD uses what rdflib deprecates
            warnings.simplefilter("ignore", DeprecationWarning)
            return Graph().parse(data=text, publicID=f"file:///{quote(path.name)}", format=form)
    except OSError as error:
        raise InvalidInput(f"{path} cannot be read: {error.strerror}.") from error
    except Exception as error:  # rdflib's parsers raise whatever their grammar raises
        raise InvalidInput(f"{path} is not a well-formed RDF file: {_complaint(error)}") from error


def _complaint(error: Exception) -> str:
    """The first lines of what a parser says, which may quote the whole file."""
    lines = [" ".join(line.split()) for line in str(error).splitlines() if line.strip()]
    text = " ".join(lines[:3]) or type(error).__name__
    return text if len(text) <= 300 else f"{text[:300]}…"


def _with_ids(text: str) -> str:
    """Haystack writes its records' ids as labels of nameless nodes (``_:p:demo:r:1a-2b``): addresses stay the same at every import."""
    return _LABELS.sub(lambda found: found[1] or f"<{HAYSTACK_IDS}{found[2]}>", text)
