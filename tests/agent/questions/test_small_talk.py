"""What asks for nothing is answered shortly and looks nothing up; what asks for something is never taken for it."""

from typing import Any

import pytest

ASK = Any


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("ok thanks", "You are welcome."),
        ("OK, thanks!", "You are welcome."),
        ("Thank you very much for the help", "You are welcome."),
        ("thx mate 👍", "You are welcome."),
        ("perfect, thank you", "You are welcome."),
        ("no thanks", "You are welcome."),
        ("great job, well done", "You are welcome."),
        ("cool", "All right."),
        ("ok", "All right."),
        ("k", "All right."),
        ("got it", "All right."),
        ("all good", "All right."),
        ("Makes sense.", "All right."),
        ("never mind", "All right."),
        ("lol", "All right."),
        ("👍", "All right."),
        ("ok cool thanks bye", "Goodbye."),
        ("good night", "Goodbye."),
        ("That’s all for now.", "Goodbye."),
        ("see you later", "Goodbye."),
        ("hi", "Hello."),
        ("Good morning!", "Hello."),
        ("hello?", "Hello."),
        ("Danke!", "Gern geschehen."),
        ("Vielen Dank für die Hilfe", "Gern geschehen."),
        ("ok danke", "Gern geschehen."),
        ("Danke schön, tschüss", "Auf Wiedersehen."),
        ("alles klar", "In Ordnung."),
        ("Guten Morgen", "Hallo."),
        ("¡Muchas gracias!", "De nada."),
        ("vale, gracias", "De nada."),
        ("hasta luego", "Adiós."),
        ("Buenos días", "Hola."),
    ],
)
def test_small_talk_looks_nothing_up(demo: ASK, said: str, answer: str):
    for plan in (demo(said), demo("Tell me about AHU-2", said, focus=["ahu-2"])):
        assert not plan.calls
        assert plan.text.startswith(answer)


@pytest.mark.parametrize(
    "said",
    [
        "thanks, what is in alarm?",
        "ok, tell me about AHU-2",
        "hi, how many VAVs are there?",
        "cool, and which VAVs does AHU-2 feed?",
        "is everything ok?",
        "all good?",
    ],
)
def test_a_polite_question_is_a_question(demo: ASK, said: str):
    assert demo(said).calls


def test_small_talk_in_between_changes_no_conversation(demo: ASK):
    asked = ("What is the supply air temperature of AHU-2?", "and AHU-3?")
    assert demo(asked[0], "ok thanks", asked[1]).calls == demo(*asked).calls
