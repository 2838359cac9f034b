"""Where a sentence ends, and where a point ends none."""

import pytest

from agent.evidence.sentences import sentences


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Fällig am 12. Nov. 2025. Danach ist Ruhe.", 2), ("Es war im Nov. Danach kam nichts.", 2), ("zuletzt 1 Sept. 2025, 10:00", 1),
    ],
)  # fmt: skip
def test_a_month_that_is_cut_short_before_a_year_ends_no_sentence(text: str, count: int):
    assert len(list(sentences(text))) == count
