"""Kinds of equipment in words."""


def label(what: str) -> str:
    """A class as people say it."""
    return what.replace("_", " ").lower().replace("hvac", "HVAC").replace("ahu", "AHU").replace("vav", "VAV")
