"""``plantroom forecast``."""

from interfaces.cli.dispatch import do


def forecast() -> None:
    """Look ahead now: forecast every point and assess every asset, as a served plant does every night."""
    do("forecast.forecast")
