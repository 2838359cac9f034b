"""The identity that the settings ask for."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from graph_schema.errors import InvalidInput
from ingestion.history.history import History
from ingestion.reading import Clock
from interfaces.http.auth.identity import Identity
from interfaces.settings import Settings, WrongSetting

if TYPE_CHECKING:
    from interfaces.http.auth.login_server import Client, LoginServer


@asynccontextmanager
async def open_identity(settings: Settings, history: History, clock: Clock) -> AsyncGenerator[Identity]:
    """Raises ``WrongSetting`` with what to correct, or ``Unavailable``. ``migrate(dsn, "interfaces.http.auth")`` has run before."""
    password = settings.web_password
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(open_login_server(settings, clock)) if settings.oidc_issuer else None
        identity = Identity(
            history,
            clock,
            site=settings.site,
            role=settings.web_role,
            password=password.get_secret_value() if password else None,
            login_server=server,
            public_url=settings.public_url,
        )
        yield identity


@asynccontextmanager
async def open_login_server(settings: Settings, clock: Clock) -> "AsyncGenerator[LoginServer]":
    """The one that the settings name. Raises ``WrongSetting``."""
    import httpx  # these two take a quarter of a second, and most plants have no login server

    from interfaces.http.auth.login_server import PATIENCE_S, LoginServer

    async with httpx.AsyncClient(timeout=PATIENCE_S, follow_redirects=False) as http:
        yield LoginServer(client_of(settings), http, clock)


def client_of(settings: Settings) -> "Client":
    """This plant at the login server. Raises ``WrongSetting``."""
    from interfaces.http.auth.claims import Reading, given_of
    from interfaces.http.auth.login_server import Client

    try:
        given = given_of(settings.oidc_roles)
    except InvalidInput as error:
        raise WrongSetting(f"The setting PLANTROOM_OIDC_ROLES is wrong: {error}") from error
    secret = settings.oidc_client_secret
    assert settings.oidc_issuer
    assert settings.oidc_client_id  # the settings see to it
    return Client(
        issuer=settings.oidc_issuer,
        id=settings.oidc_client_id,
        secret=secret.get_secret_value() if secret else None,
        scopes=settings.oidc_scopes,
        reading=Reading(settings.oidc_name_claim, settings.oidc_groups_claim, given),
        audience=settings.oidc_audience,
        token_type=settings.oidc_token_type,
        title=settings.oidc_title,
    )
