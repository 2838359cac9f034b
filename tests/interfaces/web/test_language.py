import pytest

from interfaces.web.language import language_of

SPOKEN = ("de", "en", "es")


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("de-CH, de;q=0.9, en;q=0.8", "de"),
        ("fr, es;q=0.5, en;q=0.3", "es"),
        ("en;q=0.4, DE ; q=0.7", "de"),
        ("es;q=0, en", "en"),
        ("fr-FR", "en"),
        ("de;q=lots", "en"),
        ("", "en"),
        (None, "en"),
    ],
)
def test_it_is_the_one_that_is_wanted_most_of_those_that_are_spoken(accepted: str | None, language: str):
    assert language_of(accepted, SPOKEN) == language
