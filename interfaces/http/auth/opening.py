"""The identity that the settings ask for, and whether it is enough for where the web app listens."""

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from graph_schema.errors import InvalidInput
from ingestion.history.history import History
from ingestion.reading import Clock
from interfaces.http.auth.addresses import is_loopback
from interfaces.http.auth.identity import Identity
from interfaces.settings import Settings, WrongSetting

if TYPE_CHECKING:
    from interfaces.http.auth.login_server import Client, LoginServer

_PATIENCE_S = 10.0


@asynccontextmanager
async def open_identity(settings: Settings, history: History, clock: Clock) -> AsyncGenerator[Identity]:
    """Raises ``WrongSetting`` with what to correct, or ``Unavailable``. ``migrate(dsn, "interfaces.http.auth")`` has run before."""
    password = settings.web_password
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(_login_server(settings, clock)) if settings.oidc_issuer else None
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
async def _login_server(settings: Settings, clock: Clock) -> "AsyncGenerator[LoginServer]":
    import httpx  # these two take a quarter of a second, and most plants have no login server

    from interfaces.http.auth.login_server import LoginServer

    async with httpx.AsyncClient(timeout=_PATIENCE_S, follow_redirects=False) as http:
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


async def refuse_open(settings: Settings, identity: Identity) -> None:
    """Raises ``WrongSetting`` where whoever reaches the web app from elsewhere would need nothing to come in."""
    if is_loopback(settings.host) or (await identity.doors()).any:
        return
    raise WrongSetting(
        f"Listening on {settings.host} would open the plant to the network without a password. Add users (plantroom users add NAME), "
        "set PLANTROOM_WEB_PASSWORD or PLANTROOM_OIDC_ISSUER, or leave PLANTROOM_HOST at 127.0.0.1."
    )
