"""Whether the web app may be served where the settings say: nothing beyond this machine to whom nobody could ask who they are."""

from urllib.parse import urlsplit

from interfaces.http.auth.addresses import is_loopback
from interfaces.settings import Settings, WrongSetting

_WHAT_TO_DO = "Add users (plantroom users add NAME), set PLANTROOM_WEB_PASSWORD or PLANTROOM_OIDC_ISSUER, or"


def check_exposed(settings: Settings, *, login: bool) -> None:
    """``login`` is whether people have to log in. Raises ``WrongSetting``."""
    if login:
        return
    if not is_loopback(settings.host):
        raise WrongSetting(
            f"Listening on {settings.host} would open the plant to the network without a password. {_WHAT_TO_DO} leave PLANTROOM_HOST at 127.0.0.1."
        )
    if open_by_proxy(settings):
        raise WrongSetting(
            f"{settings.public_url} would open the plant to the network without a password. {_WHAT_TO_DO} unset PLANTROOM_PUBLIC_URL."
        )


def open_by_proxy(settings: Settings) -> bool:
    """Whether others come by way of a proxy, which may be on this machine and say nothing of whom it asks for."""
    return settings.public_url is not None and not is_loopback(urlsplit(settings.public_url).hostname or "")


def may_have_login(settings: Settings) -> bool:
    """What can be told before the database is asked: a home that is new has no users."""
    known = settings.web_password or settings.oidc_issuer or settings.postgres_url
    return bool(known) or (settings.home / "postgres").exists()
