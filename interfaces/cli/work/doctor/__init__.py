"""``plantroom doctor``: what is there, whether it works, and what to do about it."""

from interfaces.cli.work.doctor.checks import doctor

__all__ = ["doctor"]
