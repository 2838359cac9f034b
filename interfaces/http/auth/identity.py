"""Who asks: from a request to the caller that tools know.

here     nobody has a name of their own yet: whoever is at this machine, and nobody else
shared   one password for all, until there are users or a login server
local    users with passwords of their own
oidc     people of a login server
key      programs with an API key
token    programs with a login server's token
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from starlette.requests import HTTPConnection
from starlette.types import Scope

from agent.agent import ANYBODY
from graph_schema.errors import NotAllowed, Unavailable
from ingestion.history.history import History
from ingestion.reading import Clock
from interfaces.http.auth.account import Account, Unauthenticated
from interfaces.http.auth.addresses import at_this_machine
from interfaces.http.auth.api_keys import MARK, ApiKeys
from interfaces.http.auth.attempts import Attempts
from interfaces.http.auth.exposure import check_exposed
from interfaces.http.auth.logins import Login, Logins
from interfaces.http.auth.passwords import Passwords
from interfaces.http.auth.people import People
from interfaces.settings import Settings
from tools.audit.log import AuditLog, Entry
from tools.context import EVERYWHERE, Caller, Role

if TYPE_CHECKING:  # its library takes a quarter of a second, and most plants have none
    from interfaces.http.auth.login_server import LoginServer

COOKIE = "plantroom_login"
_KEPT = "plantroom.known"
_LOOK_AGAIN = timedelta(seconds=5)
_ONLY_HERE = "Plantroom is open to this machine only. Set a password (PLANTROOM_WEB_PASSWORD) or add users (plantroom users add) to open it to others."


@dataclass(frozen=True, slots=True)
class Doors:
    """What people may come in by now."""

    shared: bool
    local: bool
    oidc: bool

    @property
    def any(self) -> bool:
        return self.shared or self.local or self.oidc


@dataclass(frozen=True, slots=True)
class Known:
    """Who a request is from. ``login`` is None for who has none: at this machine, or with a key."""

    account: Account
    login: Login | None = None


class Identity:
    """``site`` is the plant's, ``role`` that of whoever has no name of their own; ``password`` is the shared one."""

    def __init__(
        self,
        history: History,
        clock: Clock,
        *,
        site: str | None = None,
        role: Role = "manager",
        password: str | None = None,
        login_server: "LoginServer | None" = None,
        public_url: str | None = None,
        passwords: Passwords | None = None,
    ) -> None:
        self.site = site
        self.password = password
        self.login_server = login_server
        self.public_url = public_url
        self.passwords = passwords or Passwords()
        self.people = People(history, clock, self.passwords)
        self.logins = Logins(history, clock, self.passwords)
        self.keys = ApiKeys(history, clock)
        self.attempts = Attempts(history, clock)
        self.audit = AuditLog(history)
        self._clock = clock
        self._anybody = Account(ANYBODY.name, {EVERYWHERE: role}, "here")
        self._doors: tuple[datetime, Doors] | None = None

    async def open(self) -> None:
        """What a start has to see to: logins with another shared password are over. Raises ``Unavailable``."""
        if self.password is not None:
            await self.logins.expect_shared(self.password)

    async def check_exposed(self, settings: Settings) -> None:
        """Raises ``WrongSetting`` where whoever reaches the web app from elsewhere would need nothing to come in."""
        check_exposed(settings, login=(await self.doors()).any)

    async def doors(self) -> Doors:
        """By what people come in, as of the last seconds; while the database is away, as it was last known. Raises ``Unavailable``."""
        now = self._clock()
        if self._doors is not None and now - self._doors[0] < _LOOK_AGAIN:
            return self._doors[1]
        try:
            local = await self.people.any()
        except Unavailable:
            if self._doors is None:
                raise
            return self._doors[1]
        oidc = self.login_server is not None
        found = Doors(shared=self.password is not None and not (local or oidc), local=local, oidc=oidc)
        self._doors = now, found
        return found

    def looked_elsewhere(self) -> None:
        """Users were added or removed in this process: look again at once."""
        self._doors = None

    async def known(self, connection: HTTPConnection) -> Known:
        """Who a request is from. Raises ``Unauthenticated`` or ``NotAllowed`` with what to do, or ``Unavailable``."""
        authorization = connection.headers.get("authorization", "")
        scheme, _, credentials = authorization.partition(" ")
        if scheme.lower() == "bearer":
            return Known(await self._bearer(credentials.strip()))
        doors = await self.doors()
        if not doors.any:
            return Known(self._here(connection))
        login = await self.logins.find(connection.cookies.get(COOKIE, ""))
        if login is None or not self._open_to(login.account, doors):
            raise Unauthenticated
        account = self.with_shared_password() if login.account.door == "shared" else login.account
        return Known(account, login)

    async def caller_of(self, connection: HTTPConnection) -> Caller:
        """The caller that tools know, for a route (``Depends(identity.caller_of)``). Raises ``Unauthenticated``, ``NotAllowed`` where this
        person has no role at the plant's site, or ``Unavailable``."""
        return self.caller((await self.known_of(connection)).account)

    async def known_of(self, connection: HTTPConnection) -> Known:
        """As ``known``, and once for each request."""
        known = connection.scope.get(_KEPT)
        if not isinstance(known, Known):
            known = await self.known(connection)
            keep(connection.scope, known)
        return known

    def caller(self, account: Account) -> Caller:
        """Raises ``NotAllowed`` for who has no role at the plant's site."""
        caller = account.caller(self.site)
        if not caller.roles:
            where = f"at {self.site}" if self.site else "at this plant"
            raise NotAllowed(f"{caller.name} has no role {where}. Ask its admin for one.")
        return caller

    async def note(self, what: str, who: str, address: str | None, outcome: str | None = None) -> None:
        """In the audit log, a moment later where the database is away."""
        await self.audit.note(Entry(self._clock(), who, what, site=self.site, address=address, outcome=outcome))
        await self.audit.write()

    async def _bearer(self, credentials: str) -> Account:
        if credentials.startswith(MARK):
            account = await self.keys.account(credentials)
            if account is None:
                raise Unauthenticated("The API key does not hold: it is mistyped, revoked or past its end.")
            return account
        if self.login_server is None or not credentials:
            raise Unauthenticated("The Authorization header has no API key of this plant.")
        return await self.login_server.token_account(credentials)

    def _here(self, connection: HTTPConnection) -> Account:
        if not at_this_machine(connection.scope, connection.headers):
            raise NotAllowed(_ONLY_HERE)
        return self._anybody

    @staticmethod
    def _open_to(account: Account, doors: Doors) -> bool:
        """Whether that door is still open: a login with the shared password is over once there are users."""
        return {"shared": doors.shared, "local": doors.local, "oidc": doors.oidc}.get(account.door, False)

    def with_shared_password(self) -> Account:
        """Whoever came in with it, in the role of today's settings."""
        return replace(self._anybody, door="shared")


def keep(scope: Scope, known: Known) -> None:
    """For ``caller_of`` further in."""
    scope[_KEPT] = known
