"""What a command asks of the serving process, and whether it means the plant that is served here."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource

from interfaces.settings import Settings, variable_of

_OF_THE_PLANT = ("graph_", "postgres_", "mqtt_", "kafka", "timezone")
_OF_THIS_PROCESS = ("home", "graph_memory")


class TerminalRequest(BaseModel):
    """The terminal that an operation's pages are made for."""

    size: tuple[int, int] | None = None
    encoding: str = "utf-8"
    out_is_terminal: bool = False
    err_is_terminal: bool = False
    environment: dict[str, str] = {}


class WorkRequest(BaseModel):
    """``variables`` are the settings that the command's environment and command line state."""

    version: str
    operation: str
    arguments: dict[str, Any] = {}
    variables: dict[str, str] = {}
    terminal: TerminalRequest = TerminalRequest()


class OtherSettings(Exception):
    """The command's settings are wrong, or name another plant: it does its work itself, and says what is wrong."""


class _Given(Settings):
    """Settings of what is given and nothing else."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)


def settings_for(own: Settings, variables: Mapping[str, str]) -> Settings:
    """The serving process's settings with what a command states instead. Raises ``OtherSettings``."""
    stated: dict[str, Any] = {
        name: variables[variable_of(name)]
        for name in Settings.model_fields
        if variable_of(name) in variables and name not in _OF_THIS_PROCESS
    }
    try:
        given: dict[str, Any] = {_key(name): value for name, value in {**dict(own), **stated}.items()}
        settings = _Given(**given)
    except ValidationError as error:
        raise OtherSettings from error
    if any(getattr(settings, name) != getattr(own, name) for name in stated if name.startswith(_OF_THE_PLANT)):
        raise OtherSettings
    return settings


def _key(field: str) -> str:
    return str(Settings.model_fields[field].validation_alias or field)
