"""The secrets that sign: encrypted in the database, with a key that is in the home folder, so that who reads the database cannot sign."""

from __future__ import annotations

import base64
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from graph_schema.errors import InvalidInput

_HEADER = {"alg": "dir", "enc": "A256GCM"}
_KEY_BYTES, _SECRET_BYTES = 32, 32
PREFIX = "whsec_"


@dataclass(frozen=True, slots=True)
class Secrets:
    """``key`` is 32 bytes."""

    key: bytes

    @staticmethod
    def in_home(home: Path) -> Secrets:
        """The key of this home; a new one the first time, which only the account may read."""
        file = home / "webhook-key"
        try:
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return Secrets(base64.b64decode(file.read_bytes()))
        key = secrets.token_bytes(_KEY_BYTES)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(base64.b64encode(key))
        return Secrets(key)

    def sealed(self, secret: str) -> str:
        return jwe.encrypt_compact(_HEADER, secret, OctKey.import_key(self.key))

    def opened(self, sealed: str) -> str:
        """Raises ``InvalidInput`` where it was sealed with another key."""
        try:
            found = jwe.decrypt_compact(sealed, OctKey.import_key(self.key)).plaintext
        except (JoseError, ValueError) as error:
            raise InvalidInput(
                "The secret was sealed with another key than the one in this home (webhook-key). Remove the webhook and add it again."
            ) from error
        assert found is not None
        return found.decode()


def new_secret() -> str:
    """As Standard Webhooks writes it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
