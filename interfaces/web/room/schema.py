"""Prints the JSON schema of the contract with the TypeScript client: ``python -m interfaces.web.room.schema``."""

import json
import sys

from pydantic.json_schema import models_json_schema

from interfaces.web.room.messages import LiveMessage, SceneModel


def client_schema() -> str:
    """One schema whose definitions are every type that crosses the wire."""
    _, schema = models_json_schema([(SceneModel, "serialization"), (LiveMessage, "serialization")])
    return json.dumps(schema, indent=1, sort_keys=True)


if __name__ == "__main__":
    sys.stdout.write(client_schema())
