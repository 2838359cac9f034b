"""A login server (OpenID Connect): what it says of itself, logging people in by it, and the tokens that it gives to programs.

Keycloak, Auth0 and Entra differ in claims, in the type of their tokens and in their issuer's spelling; all of that is settings.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlencode, urlsplit

import httpx
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ValidationError

from graph_schema.errors import NotAllowed, Unavailable
from ingestion.reading import Clock
from interfaces.http.auth.account import Account, Unauthenticated
from interfaces.http.auth.addresses import is_loopback
from interfaces.http.auth.claims import Claims, Reading, account_of

KEPT = timedelta(hours=1)
NOT_SOONER = timedelta(minutes=1)
"""Keys are not asked for again within that, however many tokens name one that is not known."""
SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
"""What is signed with a secret that others share, or not at all, is never taken."""
PATIENCE_S = 10.0
_LEEWAY_S = 60
_LONGEST = 16_384
_START_AGAIN = "The login was not completed. Start it again."


@dataclass(frozen=True, slots=True)
class Client:
    """This plant at the login server. ``audience`` is what programs' tokens are for; None where none are taken. ``token_type`` is the
    ``typ`` of their header: ``at+jwt`` by RFC 9068, ``jwt`` where the server says no more."""

    issuer: str
    id: str
    secret: str | None = None
    scopes: str = "openid profile email"
    reading: Reading = field(default_factory=Reading)
    audience: str | None = None
    token_type: str = "at+jwt"  # noqa: S105
    title: str = "your organization"


class Discovery(BaseModel):
    """What we need of ``/.well-known/openid-configuration``."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None = None
    end_session_endpoint: str | None = None


@dataclass(frozen=True, slots=True)
class Pending:
    """A login that has begun, in the browser's own cookie until the person is back."""

    state: str
    nonce: str
    verifier: str


class LoginServer:
    """``http`` is closed by whoever opened it. Methods raise ``Unavailable`` where the server does not answer, or not as it should."""

    def __init__(self, client: Client, http: httpx.AsyncClient, clock: Clock) -> None:
        self.client = client
        self._http = http
        self._clock = clock
        self._said: tuple[datetime, Discovery] | None = None
        self._keys: tuple[datetime, KeySet] | None = None

    async def begin(self, back: str) -> tuple[str, Pending]:
        """Where to send the browser; it comes ``back`` to this address."""
        said = await self.discovery()
        pending = Pending(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48))
        async with self._oauth(back) as oauth:
            url, _ = oauth.create_authorization_url(
                said.authorization_endpoint, state=pending.state, nonce=pending.nonce, code_verifier=pending.verifier
            )
        return str(url), pending

    async def finish(self, answer: Mapping[str, str], pending: Pending | None, back: str) -> Account:
        """Who came back with this answer. Raises ``NotAllowed`` with a sentence for the person."""
        if pending is None or not secrets.compare_digest(answer.get("state", "").encode(), pending.state.encode()):
            raise NotAllowed(_START_AGAIN)
        said = await self.discovery()
        if answer.get("iss", said.issuer) != said.issuer:
            raise NotAllowed(_START_AGAIN)
        if "error" in answer or "code" not in answer:
            raise NotAllowed(_refused(answer))
        tokens = await self._tokens(said, answer["code"], pending, back)
        claims = await self._identity(said, str(tokens.get("id_token", "")), pending.nonce)
        if not self.client.reading.complete(claims):
            claims = {**await self._userinfo(said, str(tokens.get("access_token", "")), claims), **claims}
        return account_of(claims, self.client.reading, "oidc")

    async def token_account(self, token: str) -> Account:
        """Whom a program's token stands for. Raises ``Unauthenticated`` with what is wrong with it, or ``NotAllowed``."""
        client, said = self.client, await self.discovery()
        if client.audience is None:
            raise Unauthenticated("Tokens of the login server are not taken here: set PLANTROOM_OIDC_AUDIENCE.")
        try:
            header, claims = await self._verified(said, token)
            _check(claims, said.issuer, client.audience, self._clock())
        except JoseError as error:
            raise Unauthenticated(f"The token does not hold: {_why(error)}.") from error
        if str(header.get("typ", "")).lower().removeprefix("application/") != client.token_type.lower():
            raise Unauthenticated(f"The token is no access token: its type is not {client.token_type}.")
        if {"nonce", "at_hash", "c_hash"} & claims.keys() or client.audience == client.id != claims.get(
            "azp", client.id
        ):
            raise Unauthenticated("The token is no access token: it was made to log a person in.")
        return account_of(claims, client.reading, "token")

    async def goodbye(self, back: str) -> str | None:
        """Where a person logs out of the login server too; None where it has no such place."""
        try:
            place = (await self.discovery()).end_session_endpoint
        except Unavailable:
            return None
        asked = {"client_id": self.client.id, "post_logout_redirect_uri": back}
        return f"{place}{'&' if '?' in place else '?'}{urlencode(asked)}" if place else None

    async def discovery(self) -> Discovery:
        """What the server says of itself, at most an hour ago; older where it is away now."""
        now = self._clock()
        if self._said is not None and now - self._said[0] < KEPT:
            return self._said[1]
        try:
            said = self._checked(await self._got(f"{self.client.issuer.rstrip('/')}/.well-known/openid-configuration"))
        except Unavailable:
            if self._said is None:
                raise
            return self._said[1]
        self._said = now, said
        return said

    def _checked(self, document: object) -> Discovery:
        issuer = self.client.issuer
        try:
            said = Discovery.model_validate(document)
        except ValidationError as error:
            raise Unavailable(
                f"The login server {issuer} does not say what it is. Look at PLANTROOM_OIDC_ISSUER."
            ) from error
        if "{" in said.issuer:
            raise Unavailable(
                f"The login server {issuer} is for people of any organization. Name yours in PLANTROOM_OIDC_ISSUER."
            )
        if said.issuer.rstrip("/") != issuer.rstrip("/"):
            raise Unavailable(
                f"The login server {issuer} calls itself {said.issuer}. Set PLANTROOM_OIDC_ISSUER to that."
            )
        if not all(is_private(url) for url in (said.authorization_endpoint, said.token_endpoint, said.jwks_uri)):
            raise Unavailable(f"The login server {issuer} names addresses without TLS, so it cannot be trusted.")
        return said

    def _oauth(self, back: str) -> Any:
        """It has no types of its own."""
        client = self.client
        return AsyncOAuth2Client(
            client.id,
            client.secret,
            token_endpoint_auth_method="client_secret_basic" if client.secret else "none",
            scope=client.scopes,
            redirect_uri=back,
            code_challenge_method="S256",
            timeout=PATIENCE_S,
        )

    async def _tokens(self, said: Discovery, code: str, pending: Pending, back: str) -> Mapping[str, Any]:
        try:
            async with self._oauth(back) as oauth:
                return cast(
                    Mapping[str, Any],
                    await oauth.fetch_token(
                        said.token_endpoint, grant_type="authorization_code", code=code, code_verifier=pending.verifier
                    ),
                )
        except AuthlibBaseError as error:
            if str(error.error) == "invalid_client":
                raise Unavailable(
                    "The login server does not know this plant: look at PLANTROOM_OIDC_CLIENT_ID and PLANTROOM_OIDC_CLIENT_SECRET."
                ) from error
            raise NotAllowed(_START_AGAIN) from error
        except (httpx.HTTPError, ValueError) as error:
            raise self._away(error) from error

    async def _identity(self, said: Discovery, token: str, nonce: str) -> Claims:
        """What the id token says. Raises ``NotAllowed``."""
        try:
            _, claims = await self._verified(said, token)
            _check(claims, said.issuer, self.client.id, self._clock())
        except JoseError as error:
            raise NotAllowed(f"{_START_AGAIN} What the login server sent does not hold: {_why(error)}.") from error
        if claims.get("nonce") != nonce or claims.get("azp", self.client.id) != self.client.id:
            raise NotAllowed(_START_AGAIN)
        return claims

    async def _userinfo(self, said: Discovery, token: str, claims: Claims) -> Claims:
        if said.userinfo_endpoint is None or not token:
            return {}
        found = await self._got(said.userinfo_endpoint, authorization=f"Bearer {token}")
        more: Claims = cast(Claims, found) if isinstance(found, Mapping) else {}
        return more if more.get("sub") == claims.get("sub") else {}

    async def _verified(self, said: Discovery, token: str) -> tuple[Mapping[str, Any], Claims]:
        """Header and claims of what the server has signed. Raises ``JoseError``."""
        if len(token) > _LONGEST:
            raise InvalidKeyIdError("it is too long")
        try:
            found = jwt.decode(token, await self._key_set(said), algorithms=SIGNED)
        except InvalidKeyIdError:
            found = jwt.decode(token, await self._key_set(said, anew=True), algorithms=SIGNED)
        except (ValueError, TypeError) as error:  # what it holds is no text, or not of the form of a token
            raise InvalidKeyIdError("it is no token") from error
        return found.header, found.claims

    async def _key_set(self, said: Discovery, *, anew: bool = False) -> KeySet:
        now = self._clock()
        if self._keys is not None and now - self._keys[0] < (NOT_SOONER if anew else KEPT):
            return self._keys[1]
        try:
            found = KeySet.import_key_set(cast(Any, await self._got(said.jwks_uri)))
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise self._away(error) from error
        self._keys = now, found
        return found

    async def _got(self, url: str, **headers: str) -> object:
        try:
            answer = await self._http.get(url, headers=headers)
            answer.raise_for_status()
            return answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise self._away(error) from error

    def _away(self, error: Exception) -> Unavailable:
        why = str(error).partition("\n")[0][:120] or type(error).__name__
        return Unavailable(f"The login server {self.client.issuer} does not answer as it should: {why.rstrip('.')}.")


def is_private(url: str) -> bool:
    """Whether what is sent there is read by nobody between: TLS, or this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))


def _check(claims: Claims, issuer: str, audience: str, now: datetime) -> None:
    """Raises ``JoseError``."""
    jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=_LEEWAY_S,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": audience},
        exp={"essential": True},
        sub={"essential": True},
    ).validate(dict(claims))


def _why(error: JoseError) -> str:
    return (error.description or error.error or type(error).__name__).rstrip(".")


def _refused(answer: Mapping[str, str]) -> str:
    """What the login server said, as far as it is fit to be shown."""
    said = answer.get("error_description") or answer.get("error") or ""
    words = "".join(letter for letter in said if letter.isprintable())[:200].rstrip(".")
    return f"The login server did not log you in: {words}." if words else _START_AGAIN
