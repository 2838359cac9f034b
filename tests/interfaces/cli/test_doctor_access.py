"""What ``plantroom doctor`` says of who may come in, and of what can be read on the way."""

from typing import Any

import pytest

from interfaces.cli.work.doctor.access import login_server, people_findings
from interfaces.settings import Settings

BEYOND = {"host": "0.0.0.0", "web_password": "open sesame"}


def found(users: int = 0, keys: int = 0, **settings: Any) -> list[tuple[str, str, str]]:
    stated = Settings(_env_file=None, **settings)
    return [(one.subject, one.level, one.what) for one in people_findings(stated, users, keys)]


def test_at_this_machine_nobody_needs_a_name():
    assert found() == [("People", "ok", "whoever is at this machine opens the web app, as manager")]


def test_users_are_counted_and_a_password_that_is_left_over_is_told():
    assert found(users=2, keys=1, web_password="open sesame") == [
        ("People", "ok", "2 users may log in; 1 API key"),
        ("Password", "note", "PLANTROOM_WEB_PASSWORD opens nothing any more: people log in by name"),
    ]


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"host": "0.0.0.0"}, [("People", "problem"), ("TLS", "problem")]),
        (BEYOND, [("People", "note"), ("TLS", "problem")]),
        ({**BEYOND, "trusted_proxies": "10.1.2.3"}, [("People", "note"), ("TLS", "note")]),
        ({"public_url": "http://plant.example"}, [("People", "problem"), ("TLS", "problem")]),
        ({"public_url": "https://plant.example"}, [("People", "problem")]),
        ({"public_url": "https://plant.example", "web_password": "open sesame"}, [("People", "note")]),
        ({"public_url": "http://localhost:8420"}, [("People", "ok"), ("TLS", "problem")]),
    ],
)
def test_what_is_open_or_can_be_read_is_a_problem(settings: dict[str, Any], expected: list[tuple[str, str]]):
    assert [(subject, level) for subject, level, _ in found(**settings)] == expected


async def test_a_login_server_that_does_not_answer_is_a_problem():
    oidc = {"oidc_issuer": "http://127.0.0.1:9/realms/plant", "oidc_client_id": "plantroom", "oidc_roles": "*=viewer"}
    (finding,) = await login_server(Settings(_env_file=None, **oidc))
    assert (finding.level, "does not answer as it should" in finding.what) == ("problem", True)
    assert await login_server(Settings(_env_file=None)) == []
