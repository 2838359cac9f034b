import json

from interfaces.web.room.schema import client_schema


def test_the_clients_types_cover_everything_on_the_wire():
    definitions = json.loads(client_schema())["$defs"]
    assert {"SceneModel", "LiveMessage", "StateMessage", "HighlightMessage", "ReloadMessage"} <= set(definitions)


def test_a_class_is_called_class_on_the_wire():
    assert "class" in json.loads(client_schema())["$defs"]["SceneAsset"]["properties"]
