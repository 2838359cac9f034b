"""``plantroom doctor``."""

from interfaces.cli.dispatch import do
from interfaces.cli.options import AsJson


def doctor(as_json: AsJson = False) -> None:
    """Say what works, what does not, and what to do about it."""
    do("doctor.doctor", quiet=as_json, whatever_version=True, as_json=as_json)
