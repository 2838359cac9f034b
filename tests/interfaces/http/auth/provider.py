"""A login server of the tests' own, on loopback: discovery, keys, a login that says yes, tokens, user info. What it says can be bent."""

import hashlib
import secrets
import time
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

CLIENT, SECRET = "plantroom", "a client's secret"


@dataclass
class Provider:
    """``claims`` are the person's, ``bent`` replaces claims of the id token, ``info`` is what user info says. ``now`` is in seconds."""

    now: float = field(default_factory=time.time)
    url: str = ""
    claims: dict[str, Any] = field(default_factory=lambda: {"preferred_username": "ann", "groups": ["crew"]})
    bent: dict[str, Any] = field(default_factory=dict[str, Any])
    info: dict[str, Any] = field(default_factory=dict[str, Any])
    keys: list[RSAKey] = field(default_factory=lambda: [new_key("first")])
    asked: dict[str, int] = field(default_factory=dict[str, int])
    codes: dict[str, dict[str, str]] = field(default_factory=dict[str, dict[str, str]])

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/v1/.well-known/openid-configuration", self._discovery),
                Route("/v1/keys", self._jwks),
                Route("/v1/authorize", self._authorize),
                Route("/v1/token", self._token, methods=["POST"]),
                Route("/v1/userinfo", self._userinfo),
            ]
        )

    def signed(self, claims: dict[str, Any], typ: str = "at+jwt", key: RSAKey | None = None) -> str:
        """A token with what every one has."""
        key = key or self.keys[-1]
        usual = {"iss": self.url, "sub": "u-1", "iat": int(self.now), "exp": int(self.now) + 300}
        kept = {name: value for name, value in {**usual, **claims}.items() if value is not None}
        return jwt.encode({"alg": "RS256", "kid": key.kid or "", "typ": typ}, kept, key)

    async def _discovery(self, _: Request) -> Response:
        self._count("discovery")
        places = {f"{name}_endpoint": f"{self.url}/{name}" for name in ("token", "userinfo")}
        ends = {"authorization_endpoint": f"{self.url}/authorize", "end_session_endpoint": f"{self.url}/end"}
        return JSONResponse({"issuer": self.url, "jwks_uri": f"{self.url}/keys", **places, **ends})

    async def _jwks(self, _: Request) -> Response:
        self._count("keys")
        return JSONResponse(KeySet(list(self.keys)).as_dict(private=False))

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        code = secrets.token_hex(8)
        self.codes[code] = asked
        answer = urlencode({"code": code, "state": asked["state"], "iss": self.url})
        return RedirectResponse(f"{asked['redirect_uri']}?{answer}", 302)

    async def _token(self, request: Request) -> Response:
        """As RFC 6749 and 7636 want it: a code once, from this client, with what its challenge was made of."""
        form = dict(await request.form())
        asked = self.codes.pop(str(form.get("code")), None)
        if request.headers.get("authorization", "") == "" and form.get("client_id") != CLIENT:
            return JSONResponse({"error": "invalid_client"}, 401)
        digest = hashlib.sha256(str(form.get("code_verifier")).encode()).digest()
        fits = asked is not None and urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]
        if asked is None or not fits or form.get("redirect_uri") != asked["redirect_uri"]:
            return JSONResponse({"error": "invalid_grant"}, 400)
        claims = {"aud": CLIENT, "nonce": asked["nonce"], **self.claims, **self.bent}
        answer = {"access_token": "opaque", "token_type": "Bearer", "expires_in": 300}
        return JSONResponse({**answer, "id_token": self.signed(claims, "JWT")})

    async def _userinfo(self, request: Request) -> Response:
        self._count("userinfo")
        assert request.headers["authorization"] == "Bearer opaque"
        return JSONResponse({"sub": "u-1", **self.info})

    def _count(self, what: str) -> None:
        self.asked[what] = self.asked.get(what, 0) + 1


def new_key(kid: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})
