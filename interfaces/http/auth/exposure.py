"""Whether the web app may be served where the settings say: nothing beyond this machine to whom nobody could ask who they are."""

from interfaces.http.auth.addresses import is_loopback
from interfaces.settings import Settings, WrongSetting


def check_exposed(settings: Settings, *, login: bool) -> None:
    """``login`` is whether people have to log in. Raises ``WrongSetting``."""
    if not (login or is_loopback(settings.host)):
        raise WrongSetting(
            f"Listening on {settings.host} would open the plant to the network without a password. Add users (plantroom users add NAME), "
            "set PLANTROOM_WEB_PASSWORD or PLANTROOM_OIDC_ISSUER, or leave PLANTROOM_HOST at 127.0.0.1."
        )


def may_have_login(settings: Settings) -> bool:
    """What can be told before the database is asked: a home that is new has no users."""
    known = settings.web_password or settings.oidc_issuer or settings.postgres_url
    return bool(known) or (settings.home / "postgres").exists()
