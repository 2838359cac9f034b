"""One delivery: signed as Standard Webhooks says, to the address that was checked, without following anybody anywhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

import httpx
from standardwebhooks import Webhook

from graph_schema.errors import InvalidInput
from interfaces.http.webhooks.destinations import Destination, Destinations

TIMEOUT_S = 10.0
GONE = 410


@dataclass(frozen=True, slots=True)
class Outcome:
    """``error`` is None where it was taken; ``status`` is None where nobody answered."""

    status: int | None
    error: str | None


@dataclass(frozen=True, slots=True)
class Sender:
    """``clock`` gives aware UTC times."""

    destinations: Destinations
    clock: Callable[[], datetime]
    timeout_s: float = TIMEOUT_S

    async def send(self, url: str, secret: str, event: str, body: str) -> Outcome:
        """Raises nothing: what went wrong is in the outcome, in a sentence."""
        try:
            destination = await self.destinations.resolved(url)
        except InvalidInput as error:
            return Outcome(None, str(error))
        now = self.clock()
        headers = {
            "content-type": "application/json",
            "user-agent": "plantroom-webhooks",
            "webhook-id": event,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(event, now, body),
        }
        try:
            return _outcome(await self._post(destination, headers, body.encode()))
        except httpx.TimeoutException:
            return Outcome(None, f"Nobody answered within {self.timeout_s:.0f} s.")
        except (httpx.HTTPError, ValueError, OSError) as error:
            return Outcome(None, f"It cannot be reached: {str(error)[:200] or type(error).__name__}.")

    async def _post(self, destination: Destination, headers: dict[str, str], body: bytes) -> int:
        """To the address itself: a name that stands for another one by now would lead elsewhere. Of the answer only the status is read."""
        timeout = httpx.Timeout(self.timeout_s)
        async with httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=timeout) as http:
            request = http.build_request(
                "POST",
                _at_address(destination),
                headers={**headers, "host": urlsplit(destination.url).netloc},
                content=body,
                extensions={"sni_hostname": destination.host},
            )
            response = await http.send(request, stream=True)
            await response.aclose()
            return response.status_code


def _at_address(destination: Destination) -> str:
    parts = urlsplit(destination.url)
    address = f"[{destination.address}]" if ":" in destination.address else destination.address
    return urlunsplit((parts.scheme, f"{address}:{destination.port}", parts.path or "/", parts.query, ""))


def _outcome(status: int) -> Outcome:
    if 200 <= status < 300:
        return Outcome(status, None)
    if 300 <= status < 400:
        return Outcome(status, f"It answered {status}: redirects are not followed. Give the address that it leads to.")
    return Outcome(status, f"It answered {status}.")
