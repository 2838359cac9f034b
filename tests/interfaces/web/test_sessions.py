"""Room for pages: a display that is open is never put out by those that come after it."""

import pytest

from interfaces.web.room.messages import HighlightMessage
from interfaces.web.sessions import Sessions, TooManyPages


def test_a_page_that_nobody_looks_at_makes_room_and_an_open_one_does_not():
    sessions = Sessions(most=3)
    display = sessions.open()
    with sessions.connected(display):
        idle = [sessions.open() for _ in range(2)]
        for _ in range(50):
            sessions.open()
        assert sessions.find(display.token) is display
        assert all(sessions.find(one.token) is None for one in idle)


def test_where_all_are_looked_at_the_next_is_refused_in_words():
    sessions = Sessions(most=2)
    with sessions.connected(sessions.open()), sessions.connected(last := sessions.open()):
        with pytest.raises(TooManyPages, match="Close one"):
            sessions.open()
        sessions.highlight(last.token, HighlightMessage(ids=["pump"]))
    assert sessions.open()


def test_a_view_whose_connection_was_cut_is_the_last_to_make_room():
    sessions = Sessions(most=2)
    display, other = sessions.open(), sessions.open()
    with sessions.connected(display):
        pass
    sessions.open()
    assert sessions.find(display.token) is display
    assert sessions.find(other.token) is None
