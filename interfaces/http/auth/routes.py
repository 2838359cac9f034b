"""What routes ask of the identity: the caller, a scope, a role; and ``GET /api/me``."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.requests import Request

from graph_schema.errors import NotAllowed
from interfaces.http.auth.identity import Identity
from tools.context import Caller, Role, Scope, highest

_FOR = {"write": "changes", "approve": "approvals", "admin": "what an admin does"}


def needs(identity: Identity, scope: Scope, role: Role | None = None) -> Callable[..., Awaitable[Caller]]:
    """A route's dependency: the caller, whose key has the scope and who has the role. Raises ``NotAllowed`` besides what ``caller_of`` does."""

    async def allowed(caller: Annotated[Caller, Depends(identity.caller_of)]) -> Caller:
        if scope not in caller.scopes:
            raise NotAllowed(f"That needs a key of the scope “{scope}”, for {_FOR.get(scope, 'reading')}.")
        if role is not None and role not in caller.roles:
            raise NotAllowed(f"That is for {role}s only.")
        return caller

    return allowed


def account_routes(identity: Identity) -> APIRouter:
    routes = APIRouter(prefix="/api/me")

    @routes.get("")
    async def _me(  # pyright: ignore[reportUnusedFunction]
        request: Request, caller: Annotated[Caller, Depends(identity.caller_of)]
    ) -> dict[str, Any]:
        """Name, role at this plant's site, by which door (here, shared, local, oidc, key, token), scopes, and how answers are written."""
        known = await identity.known_of(request)
        return {
            "name": caller.name,
            "role": highest(caller.roles),
            "site": identity.site,
            "door": known.account.door,
            "scopes": sorted(caller.scopes),
            "language": caller.language,
            "units": caller.units,
            "timezone": caller.timezone,
        }

    return routes
