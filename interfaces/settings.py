"""Settings, from ``PLANTROOM_*`` variables and a ``.env`` file. Only the composition root reads them."""

from collections.abc import Iterable
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Literal, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from platformdirs import user_data_path
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, DotEnvSettingsSource, EnvSettingsSource, SettingsConfigDict

from graph_schema.errors import InvalidInput
from ingestion.history.retention_policy import parse_keeps
from interfaces.env_file import ENV_FILE, unusable

PREFIX = "PLANTROOM_"
_OF_SCRIPTS = "PLANTROOM_SERVICES_"


LOOPBACK_PROXIES = ("127.0.0.1", "::1")
"""A proxy on this machine may say for whom it asks: without that, everybody behind it would count as being at this machine."""


class WrongSetting(InvalidInput):
    """A setting cannot be."""


class Settings(BaseSettings):
    """Every store is embedded until its address is set; nothing else differs between the two. An empty variable is not set."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=ENV_FILE, env_ignore_empty=True, extra="ignore")

    home: Path = Field(default_factory=lambda: user_data_path("plantroom"), description="the data folder")

    graph_url: str | None = Field(default=None, description="bolt:// or neo4j:// address of a Neo4j server")
    graph_user: str = "neo4j"
    graph_password: SecretStr = SecretStr("")
    graph_database: str = "neo4j"
    graph_memory: str = Field(default="512m", pattern=r"^\d+[mg]$", description="heap of the embedded graph")

    postgres_url: SecretStr | None = Field(default=None, description="postgresql://user:password@host:port/database")

    mqtt_url: str | None = Field(default=None, description="mqtt://host:port or mqtts://host:port")
    mqtt_user: str | None = None
    mqtt_password: SecretStr = SecretStr("")
    mqtt_ca_file: Path | None = Field(default=None, description="authorities to trust instead of the system's, in PEM")
    mqtt_cert_file: Path | None = Field(default=None, description="our certificate, for a broker that asks for one")
    mqtt_key_file: Path | None = Field(default=None, description="the certificate's key")
    mqtt_alpn: str | None = Field(default=None, description="the protocol to name in the TLS handshake")
    mqtt_version: Literal["3.1.1", "5"] = "3.1.1"
    mqtt_session_s: int = Field(
        default=86_400,
        ge=1,
        lt=1 << 32,
        description="how long an MQTT 5 broker keeps messages for us while we are away",
    )
    mqtt_share: str | None = Field(
        default=None,
        pattern=r"^[^/+#]+$",
        description="group of a shared subscription, which gives up the order of a device's messages",
    )

    broker_connections: int = Field(
        default=1_000, ge=1, le=60_000, description="devices at the embedded broker at once"
    )
    broker_packet_kb: int = Field(default=1_200, ge=16, le=200_000, description="the largest message that it takes")
    broker_queue_mb: int = Field(default=1_000, ge=10, description="what may wait there for ingestion, on the disk")

    kafka: str | None = Field(default=None, description="host:port, or several; telemetry then comes from Kafka")
    kafka_topic: str = Field(default="plantroom.telemetry", pattern=r"^[A-Za-z0-9._-]{1,249}$")
    kafka_group: str = Field(default="plantroom-ingest", min_length=1)
    kafka_partitions: int = Field(default=12, ge=1, le=10_000, description="of a topic that is made")
    kafka_security: Literal["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"] = "plaintext"
    kafka_sasl: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "SCRAM-SHA-512"
    kafka_user: str | None = None
    kafka_password: SecretStr = SecretStr("")
    kafka_ca_file: Path | None = None
    kafka_cert_file: Path | None = None
    kafka_key_file: Path | None = None

    model: Literal["offline", "openai"] | None = Field(
        default=None, description="the planner; by default openai where a key or an address is set, else offline"
    )
    openai_model: str = "gpt-5-mini"
    model_silence_s: float = Field(
        default=60, gt=0, le=3_600, description="the longest wait for the next piece of a language model's answer"
    )
    model_timeout_s: float = Field(
        default=120, gt=0, le=3_600, description="for an answer as a whole, retries included"
    )
    model_retries: int = Field(default=2, ge=0, le=10, description="of a request that a busy language model refuses")
    model_context_tokens: int | None = Field(
        default=None, ge=1_024, description="what it takes at once; by default what its server tells"
    )
    model_output_tokens: int | None = Field(
        default=None, ge=64, description="what it may write at once; by default what its server thinks fit"
    )
    model_input_price: float | None = Field(default=None, ge=0, description="of a million tokens that are sent to it")
    model_output_price: float | None = Field(default=None, ge=0, description="of a million tokens that it writes")
    model_daily_tokens: int | None = Field(
        default=None, ge=1, description="tokens that a person may use in a day; by default without end"
    )
    model_daily_cost: float | None = Field(
        default=None, gt=0, description="what a person may spend in a day, in the currency of the prices"
    )
    openai_base_url: str | None = Field(default=None, validation_alias="OPENAI_BASE_URL")
    openai_api_key: SecretStr | None = Field(default=None, validation_alias="OPENAI_API_KEY")

    forecast_processes: int = Field(default=1, ge=1, le=64, description="processes that compute the nightly forecasts")
    retrain_days: int = Field(
        default=7, ge=0, le=365, description="days after which a night trains a class of points anew; 0: never"
    )
    retrain_minutes: float = Field(
        default=15, gt=0, le=600, description="minutes of a night for it; what is left is due the next night"
    )
    dask_url: str | None = Field(
        default=None, description="tcp:// address of a Dask scheduler whose workers compute instead"
    )

    retention: str | None = Field(
        default=None, description="how long readings are kept: default=730d, Occupancy_Sensor=90d; by default for ever"
    )
    retention_rollups: str | None = Field(
        default=None, description="how long their hourly and daily sums are kept, in the same form; by default for ever"
    )

    most_devices: int = Field(
        default=10_000, ge=1, description="devices that may report without being in the plant; more become dead letters"
    )
    most_series: int = Field(default=100_000, ge=1, description="addresses that readings may have, likewise")

    map: Path | None = Field(default=None, description="a map of topics and payloads that devices already send")
    timezone: str | None = Field(default=None, description="an IANA name; by default that of the plant's site")
    host: str = "127.0.0.1"
    port: int = Field(default=8420, ge=0, le=65535)
    log: Literal["text", "json"] = Field(default="text", description="how the log is written")
    log_file: Path | None = Field(
        default=None,
        description="a file for the log instead of standard error; it begins anew at 10 MB, and four are kept",
    )
    log_level: Literal["debug", "info", "warning", "error"] = "warning"
    traces_url: str | None = Field(
        default=None,
        pattern=r"^https?://",
        description="address of an OpenTelemetry collector (OTLP over HTTP) that gets a trace of each question",
    )
    traces_content: bool = Field(
        default=False, description="whether the traces hold what was asked, found and answered"
    )
    metrics_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="a port of this machine alone that answers to /metrics without a password",
    )
    trusted_proxies: str = Field(
        default=",".join(LOOPBACK_PROXIES),
        description="addresses and networks of proxies whose X-Forwarded headers are believed; none: nobody's",
    )
    crews: Path | None = Field(
        default=None, description="who does maintenance, when and where; by default crews.yaml in the home"
    )
    costs: Path | None = Field(
        default=None, description="what failures, downtime and labour cost; by default costs.yaml in the home"
    )
    tariff: Path | None = Field(
        default=None, description="what energy costs and when; by default tariff.yaml in the home"
    )
    load: Path | None = Field(
        default=None, description="what the load plan knows of the plant; by default load.yaml in the home"
    )
    notify: Path | None = Field(
        default=None, description="the notification book: who is told of what; by default notify.yaml in the home"
    )
    webhook_networks: str = Field(
        default="none",
        description="addresses and networks that webhooks may tell besides public ones over https; loopback ones also over http",
    )
    api_calls_a_minute: int = Field(
        default=1_200, ge=1, description="requests that a caller of the API may make in a minute"
    )
    web_password: SecretStr | None = Field(
        default=None, description="one for all who open the web app, until there are users (plantroom users add)"
    )
    web_role: Literal["viewer", "technician", "manager", "engineer", "admin"] = Field(
        default="manager", description="of whoever opens the web app without a name of their own"
    )
    site: str | None = Field(
        default=None, pattern=r"^\w[\w .-]{0,63}$", description="the plant's site, where roles are given for sites"
    )
    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^/?#@]+/?$",
        description="https://name under which people open the web app; it then answers to no other name",
    )

    oidc_issuer: str | None = Field(
        default=None,
        pattern=r"^(https://|http://(localhost|127\.0\.0\.1|\[::1\])(:|/|$))",
        description="https:// address of a login server (OpenID Connect)",
    )
    oidc_client_id: str | None = Field(default=None, description="this plant's name there")
    oidc_client_secret: SecretStr | None = Field(default=None, description="none for a public client")
    oidc_scopes: str = "openid profile email"
    oidc_name_claim: str = Field(
        default="preferred_username", min_length=1, description="the claim that names a person"
    )
    oidc_groups_claim: str = Field(
        default="groups",
        min_length=1,
        description="the claim with a person's groups; inside another: realm_access.roles",
    )
    oidc_roles: str = Field(
        default="", description="roles of groups: hvac-crew=technician, leads=manager@north; * is whoever can log in"
    )
    oidc_audience: str | None = Field(
        default=None, description="what programs' tokens of the login server are for; by default none are taken"
    )
    oidc_token_type: Literal["at+jwt", "jwt"] = Field(default="at+jwt", description="the type in these tokens' header")
    oidc_title: str = Field(default="your organization", max_length=60, description="in “Log in with …”")

    slack_bot_token: SecretStr | None = Field(
        default=None, description="xoxb-…: this plant's token in a Slack workspace"
    )
    slack_app_token: SecretStr | None = Field(
        default=None,
        description="xapp-…: Slack is then connected to from here, and nothing has to be reached from outside",
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None, description="what Slack signs with where it calls /slack/events of the web app"
    )
    slack_readers: Literal["users", "workspace"] = Field(
        default="users", description="who may ask in Slack: users of the plant, or all members of the workspace"
    )
    slack_url: str = Field(
        default="https://slack.com/api/",
        pattern=r"^(https://|http://(localhost|127\.0\.0\.1|\[::1\])(:|/|$)).*/$",
        description="the address of Slack's interface, where it is another",
    )

    cmms: Literal["atlas", "maximo", "maintainx", "upkeep", "fiix", "rest"] | None = Field(
        default=None, description="the maintenance system that work orders are kept the same with"
    )
    cmms_url: str | None = Field(default=None, description="the address of its interface")
    cmms_key: SecretStr = Field(default=SecretStr(""), description="its key, token, secret or password")
    cmms_user: str | None = Field(default=None, description="an account or an access key, where it asks for one")
    cmms_app_key: SecretStr = Field(default=SecretStr(""), description="an application key, where it asks for one")
    cmms_site: str | None = Field(default=None, description="its site, where it has several")
    cmms_key_field: str | None = Field(
        default=None, description="a field of its orders for our key; by default the description carries it"
    )
    cmms_statuses: str = Field(default="", description="its own words for statuses: on_hold=WPCOND, done=COMP")
    cmms_priorities: str = Field(default="", description="its own words for priorities: urgent=1, high=2")
    cmms_assets: Path | None = Field(default=None, description="a CSV of our assets and its assets")
    cmms_file: Path | None = Field(default=None, description="a description of its interface, instead of the ready one")
    cmms_ca_file: Path | None = Field(default=None, description="authorities to trust instead of the system's, in PEM")
    cmms_webhook_secret: SecretStr | None = Field(default=None, description="what its webhooks are signed with")
    cmms_poll_s: int = Field(
        default=300, ge=60, le=86_400, description="seconds between two looks at what changed there"
    )
    cmms_since_days: int = Field(default=30, ge=0, le=3_650, description="how far back the first look goes")
    cmms_timeout_s: float = Field(default=30, gt=0, le=600, description="the longest wait for an answer of it")

    @property
    def planner(self) -> Literal["offline", "openai"]:
        """The planner that is used."""
        return self.model or ("openai" if self.openai_api_key or self.openai_base_url else "offline")

    @model_validator(mode="after")
    def _priced(self) -> Self:
        if self.model_daily_cost and (self.model_input_price is None or self.model_output_price is None):
            raise ValueError(
                "a daily cost needs the prices: set PLANTROOM_MODEL_INPUT_PRICE and PLANTROOM_MODEL_OUTPUT_PRICE"
            )
        return self

    @model_validator(mode="after")
    def _logged_in(self) -> Self:
        if self.oidc_issuer and not self.oidc_client_id:
            raise ValueError("a login server needs this plant's name there: set PLANTROOM_OIDC_CLIENT_ID")
        if self.oidc_issuer and not self.oidc_roles.strip():
            raise ValueError("nobody of the login server has a role: set PLANTROOM_OIDC_ROLES, to *=viewer for example")
        return self

    @model_validator(mode="after")
    def _in_slack(self) -> Self:
        ways_in = self.slack_app_token or self.slack_signing_secret
        if self.slack_bot_token and not ways_in:
            raise ValueError("Slack needs a way in: set PLANTROOM_SLACK_APP_TOKEN or PLANTROOM_SLACK_SIGNING_SECRET")
        if ways_in and not self.slack_bot_token:
            raise ValueError("Slack needs the token of its bot: set PLANTROOM_SLACK_BOT_TOKEN")
        return self

    @model_validator(mode="after")
    def _maintained(self) -> Self:
        if self.cmms and not self.cmms_url:
            raise ValueError("a maintenance system needs its address: set PLANTROOM_CMMS_URL")
        return self

    @field_validator("cmms_statuses")
    @classmethod
    def _known_statuses(cls, text: str) -> str:
        return _of_these(text, ("open", "in_progress", "on_hold", "done", "cancelled"))

    @field_validator("cmms_priorities")
    @classmethod
    def _known_priorities(cls, text: str) -> str:
        return _of_these(text, ("low", "medium", "high", "urgent"))

    @field_validator("home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @field_validator("retention", "retention_rollups")
    @classmethod
    def _readable_keeps(cls, text: str | None) -> str | None:
        if text:
            try:
                parse_keeps(text)
            except InvalidInput as error:
                raise ValueError(str(error)) from error
        return text or None

    @property
    def proxies(self) -> tuple[str, ...]:
        """The trusted proxies one by one."""
        return tuple(one.strip() for one in self.trusted_proxies.split(",") if one.strip().lower() not in ("", "none"))

    @field_validator("trusted_proxies", "webhook_networks")
    @classmethod
    def _networks(cls, text: str) -> str:
        for one in text.split(","):
            if (name := one.strip()) and name.lower() != "none":
                ip_network(name, strict=False)  # its error is a sentence
        return text

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str | None) -> str | None:
        if name:
            try:
                ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError) as error:
                raise ValueError(f"there is no time zone {name!r}") from error
        return name or None


def pairs_of(text: str) -> dict[str, str]:
    """From “done=COMP, open=APPR”."""
    parts = [one.partition("=") for one in text.split(",") if one.strip()]
    return {name.strip(): value.strip() for name, _, value in parts}


def _of_these(text: str, names: tuple[str, ...]) -> str:
    for name, value in pairs_of(text).items():
        if name not in names or not value:
            raise ValueError(f"“{name}={value}” is none of {', '.join(f'{one}=…' for one in names)}")
    return text


def variable_of(field: str) -> str:
    """The environment's name of a setting."""
    return str(Settings.model_fields[field].validation_alias or f"{PREFIX}{field.upper()}")


def unheeded() -> list[str]:
    """A sentence for each variable that looks like a setting and is none, and for a ``.env`` that is no file: a mistake would
    otherwise go unnoticed.
    """
    variables = unknown_among({*EnvSettingsSource(Settings).env_vars, *DotEnvSettingsSource(Settings).env_vars})
    return [*unusable(), *variables]


def unknown_among(given: Iterable[str]) -> list[str]:
    """The same of these variables."""
    variables = {name: variable_of(name) for name in Settings.model_fields}
    strange = sorted(
        name.upper()
        for name in given
        if name.upper().startswith(PREFIX)
        and name.upper() not in variables.values()
        and _OF_SCRIPTS not in name.upper()
    )
    return [f"{name} is no setting.{_meant(name, variables)}" for name in strange]


def _meant(name: str, variables: dict[str, str]) -> str:
    close = get_close_matches(name.removeprefix(PREFIX).lower(), variables, 1)
    return f" Is {variables[close[0]]} meant?" if close else ""
