"""How numbers and identifiers are written, in every language."""

ACRONYMS = frozenset({
    "ahu", "vav", "rvav", "cav", "fcu", "crac", "crah", "rtu", "doas", "mau", "ups", "hvac", "pv", "vfd", "co2", "co", "pm10", "pm2.5",
    "dhw", "tvoc", "ddahu", "hx", "ph", "oat", "uv",
})  # fmt: skip


def words(identifier: str) -> str:
    """``zone_air_temperature`` as “zone air temperature”."""
    parts = [part.upper() if part.lower() in ACRONYMS else part.lower() for part in identifier.split("_")]
    return " ".join(parts)


def class_label(class_: str | None) -> str:
    """``Fan_Coil_Unit`` as “fan coil unit”, ``AHU`` as it is."""
    return " ".join(word if word.isupper() else word.lower() for word in (class_ or "asset").split("_"))


def number(value: float) -> str:
    """Two decimals below ten, one below ten thousand, none beyond; whole numbers stay whole."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    if abs(value) < 10:
        return f"{value:.2f}"
    return f"{value:.1f}" if abs(value) < 10000 else f"{value:.0f}"
