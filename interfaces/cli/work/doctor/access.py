"""Who may come in, and whether what they say is read by nobody between."""

from collections.abc import Sequence

from graph_schema.errors import PlantroomError
from ingestion.reading import wall_clock
from interfaces.cli.work.doctor.finding import Finding
from interfaces.http.auth.addresses import is_loopback
from interfaces.http.auth.exposure import open_by_proxy
from interfaces.http.auth.opening import open_login_server
from interfaces.settings import LOOPBACK_PROXIES, Settings

_SUBJECT = "People"
_ADD = "Add users, so that every approval has a person's name: plantroom users add NAME"


def people_findings(settings: Settings, users: int, keys: int) -> Sequence[Finding]:
    """``users`` and ``keys`` are how many there are that hold."""
    return [_doors(settings, users, keys), *_left_over(settings, users), *_listening(settings)]


def _doors(settings: Settings, users: int, keys: int) -> Finding:
    programs = f"; {keys} API key{'' if keys == 1 else 's'}" if keys else ""
    if users or settings.oidc_issuer:
        by = [f"{users} user{'' if users == 1 else 's'}"] if users else []
        by += [f"the people of {settings.oidc_issuer}"] if settings.oidc_issuer else []
        return Finding(_SUBJECT, f"{' and '.join(by)} may log in{programs}")
    if settings.web_password:
        return Finding(_SUBJECT, f"one password opens the web app, as {settings.web_role}{programs}", "note", _ADD)
    refused = "nobody could be asked who they are, so nothing is served"
    if not is_loopback(settings.host):
        advice = f"{_ADD}, or leave PLANTROOM_HOST at 127.0.0.1."
        return Finding(_SUBJECT, f"{refused} on {settings.host}", "problem", advice)
    if open_by_proxy(settings):
        return Finding(
            _SUBJECT, f"{refused} at {settings.public_url}", "problem", f"{_ADD}, or unset PLANTROOM_PUBLIC_URL."
        )
    return Finding(_SUBJECT, f"whoever is at this machine opens the web app, as {settings.web_role}{programs}")


def _left_over(settings: Settings, users: int) -> Sequence[Finding]:
    if not (settings.web_password and (users or settings.oidc_issuer)):
        return []
    return [
        Finding("Password", "PLANTROOM_WEB_PASSWORD opens nothing any more: people log in by name", "note", "Unset it.")
    ]


def _listening(settings: Settings) -> Sequence[Finding]:
    """We speak no TLS ourselves: a proxy does, on this machine or on one that alone may reach us."""
    advice = "Put a proxy with TLS in front, and leave PLANTROOM_HOST at 127.0.0.1."
    if settings.public_url and settings.public_url.startswith("http://"):
        what = f"people open {settings.public_url} without TLS: passwords can be read on the way"
        return [Finding("TLS", what, "problem", advice)]
    if is_loopback(settings.host):
        return []
    if settings.proxies not in ((), LOOPBACK_PROXIES):
        what = f"{settings.host} is reached without TLS; see that none but the proxy {settings.trusted_proxies} can"
        return [Finding("TLS", what, "note")]
    return [
        Finding("TLS", f"{settings.host} is reached without TLS: passwords can be read on the way", "problem", advice)
    ]


async def login_server(settings: Settings) -> Sequence[Finding]:
    """Whether it answers, where the settings name one."""
    if not settings.oidc_issuer:
        return []
    try:
        async with open_login_server(settings, wall_clock) as server:
            said = await server.discovery()
    except PlantroomError as error:
        return [Finding("Login server", str(error), "problem", "Correct the PLANTROOM_OIDC settings, or start it.")]
    tokens = f"; tokens for {settings.oidc_audience} are taken" if settings.oidc_audience else ""
    return [Finding("Login server", f"answers at {said.issuer}{tokens}")]
