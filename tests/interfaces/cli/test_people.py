"""``plantroom users``, ``tokens`` and ``audit`` beside a served plant, as docs/operators/people.md tells it."""

import httpx

ANNS = "correct horse battery"


async def status(address: str, path: str = "/api/me", **headers: str) -> int:
    async with httpx.AsyncClient(base_url=address, headers=headers) as http:
        return (await http.get(path)).status_code


async def test_users_come_in_by_name_once_there_are_any(served):
    terminal, address = served
    assert (await terminal.run("users", "list")).out == "There are no users. Add one: plantroom users add NAME\n"
    assert await status(address) == 200

    weak = await terminal.run("users", "add", "ann", typed="short\n")
    assert (weak.code, "use at least 10 characters" in weak.err) == (1, True)
    added = await terminal.run("users", "add", "ann", "--role", "manager", "--by", "setup", typed=f"{ANNS}\n")
    assert (added.code, added.out.splitlines()) == (
        0,
        ["ann is a user, manager.", "From now on everybody logs in with a name and a password of their own."],
    )
    assert await status(address) == 401

    async with httpx.AsyncClient(base_url=address) as http:
        assert (await http.post("/login", data={"name": "ann", "password": "guess"})).status_code == 401
        assert (await http.post("/login", data={"name": "ann", "password": ANNS})).status_code == 303
        me = (await http.get("/api/me")).json()
        assert me == {
            "name": "ann", "role": "manager", "site": None, "door": "local", "scopes": ["admin", "approve", "read", "write"],
            "language": "en", "units": "metric", "timezone": None,
        }  # fmt: skip
        given = await terminal.run("users", "role", "ann", "engineer", "--site", "north")
        assert given.out == "ann is manager, engineer at north now.\n"
        assert "manager, engineer at north" in (await terminal.run("users", "list")).out
        assert (await terminal.run("users", "lock", "ann")).out == "ann is locked and logged out.\n"
        locked = await http.post("/login", data={"name": "ann", "password": ANNS})
        assert (locked.status_code, "This account is locked" in locked.text) == (403, True)
        assert (await terminal.run("users", "unlock", "ann")).out == "ann is let in again.\n"
        another = await terminal.run("users", "password", "ann", typed="a wholly other one\n")
        assert another.out == "ann has another password, and logs in anew.\n"
        assert (await http.post("/login", data={"name": "ann", "password": ANNS})).status_code == 401

    audited = (await terminal.run("audit", "--who", "setup", "--json")).json()
    assert [(one["what"], one["subject"], one["outcome"]) for one in audited] == [
        ("person.added", "ann", "manager at *")
    ]
    told = (await terminal.run("audit", "--since", "1h")).out
    assert all(word in told for word in ("login.refused", "person.locked", "manager at *"))
    assert not any(secret in told for secret in (ANNS, "a wholly other one", "guess"))

    removed = await terminal.run("users", "remove", "ann", "--yes")
    assert removed.out.startswith("ann is removed.\nThere are no users any more")
    assert await status(address) == 200


async def test_a_program_comes_with_its_key(served):
    terminal, address = served
    made = await terminal.run("tokens", "create", "grafana", "--role", "viewer")
    assert made.code == 0, made.err
    key, _, told = made.out.partition("\n")
    prefix = key[:12]
    assert (
        told == f"This is the key of grafana, shown this once: read as viewer, for 365 days. It begins with {prefix}.\n"
    )
    assert await status(address, authorization=f"Bearer {key}") == 200
    assert await status(address, "/metrics", authorization=f"Bearer {key}") == 200
    assert await status(address, authorization=f"Bearer {key}x") == 401
    listed = await terminal.run("tokens", "list")
    assert prefix in listed.out
    assert key not in listed.out
    assert (await terminal.run("tokens", "revoke", "grafana")).out == "The key grafana is revoked.\n"
    assert await status(address, authorization=f"Bearer {key}") == 401


async def test_a_call_of_a_tool_is_in_the_audit_log(served):
    terminal, _ = served
    assert (await terminal.run("tool", "find_assets", "--arg", "query.class=Pump")).code == 0
    (entry,) = (await terminal.run("audit", "--tool", "find_assets", "--json")).json()
    assert (entry["what"], len(entry["digest"])) == ("called", 64)
