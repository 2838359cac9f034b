"""A server's last words, explained."""

import pytest

from interfaces.embedded.exit_reasons import explain
from interfaces.embedded.home import Home


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("FATAL: could not write lock file: No space left on device", "is full. Make room there."),
        ("java.lang.OutOfMemoryError: Java heap space", "memory is used up. It said: java.lang"),
        ("java.net.BindException: Address already in use", "Another program took its port."),
        ("something else", "It said: something else"),
        ("", "It said nothing; it may have been killed."),
    ],
)
def test_last_words_are_explained(home: Home, words: str, sentence: str):
    assert sentence in explain(words, home)
