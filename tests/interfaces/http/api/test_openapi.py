"""The API does what its OpenAPI document says, whatever is sent: no fault of the server, and no answer of another form."""

import asyncio
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance, response_headers_conformance,
]  # fmt: skip
EXAMPLES = 8


async def test_the_document_is_whole(plant):
    document = (await plant.http.get("/api/v1/openapi.json")).json()
    assert document["openapi"] == "3.1.0"
    operations = {one["operationId"]: one for path in document["paths"].values() for one in path.values()}
    assert {tool.name for tool in plant.served.registry} <= operations.keys()
    assert "Idempotency-Key" in [one["name"] for one in operations["leave_note"]["parameters"]]
    assert "demo" in operations["energy"]["requestBody"]["content"]["application/json"]["examples"]
    text = str(document)
    known = document["components"]["schemas"]
    for reference in {one.split("'")[0] for one in text.split("#/components/schemas/")[1:]}:
        assert reference in known


async def test_nothing_that_is_sent_breaks_it(plant):
    """In a thread: the server answers in this one."""
    document = (await plant.http.get("/api/v1/openapi.json")).json()
    base = f"{plant.url}/api/v1"
    failures: list[str] = []

    def check() -> None:
        schema = schemathesis.openapi.from_dict(document)
        for operation in schema.get_all_operations():
            try:
                _try(operation.ok(), base)
            except BaseException as error:  # all that is wrong is told at once
                failures.append(f"{operation.ok().label}: {str(error)[:1500]}")

    await asyncio.to_thread(check)
    assert not failures, "\n\n".join(failures)


def _try(operation: Any, base: str) -> None:
    @given(case=operation.as_strategy())
    @settings(
        max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    def one(case: Any) -> None:
        response = case.call(base_url=base, headers={"authorization": "Bearer ann"})
        case.validate_response(response, checks=CHECKS)

    one()
