"""The language of a person who looks at the page, by what their browser says."""

from collections.abc import Collection, Iterator

from tools.sentences.language import USUAL


def language_of(accepted: str | None, spoken: Collection[str]) -> str:
    """Of ``Accept-Language`` (RFC 9110, “de-CH, de;q=0.9, en;q=0.8”) the one that is wanted most and spoken here; else English."""
    wanted = sorted(_wanted(accepted or ""), key=lambda one: -one[1])
    return next((code for code, weight in wanted if weight > 0 and code in spoken), USUAL)


def _wanted(accepted: str) -> Iterator[tuple[str, float]]:
    for one in accepted.split(","):
        code, _, parameter = one.partition(";")
        yield code.strip().partition("-")[0].lower(), _weight(parameter)


def _weight(parameter: str) -> float:
    """1 where none is said; what cannot be read is not wanted."""
    name, _, value = parameter.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
