"""The merchants' apps registered with the open platform: their public keys and who is paid.

The service's own app is given at the start; its public key is read again whenever its file changes, since the
key may be made after the sandbox. Further apps stand in apps.json, for other SDKs. It must not know requests.
"""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key, load_pem_public_key

OWN_APP_ID = "2021004100000001"
OWN_SELLER_ID = "2088721000000001"
OWN_KEY_FILE = "app_public_key.pem"
FURTHER_APPS_FILE = "apps.json"


@dataclass(frozen=True, slots=True)
class App:
    """One registered app."""

    app_id: str
    seller_id: str
    public_key: RSAPublicKey


class Apps:
    """The registered apps, as the files under the state folder say now."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._read: dict[Path, tuple[int, bytes]] = {}

    def find(self, app_id: str) -> App | None:
        """The app, or None when it is unknown or its public key was not registered yet."""
        return self._own() if app_id == OWN_APP_ID else self._further(app_id)

    def _own(self) -> App | None:
        pem = self._content(self._state / OWN_KEY_FILE)
        return App(OWN_APP_ID, OWN_SELLER_ID, _public_key(pem.decode())) if pem else None

    def _further(self, app_id: str) -> App | None:
        content = self._content(self._state / FURTHER_APPS_FILE)
        registered: dict[str, dict[str, Any]] = json.loads(content) if content else {}
        if app_id not in registered:
            return None
        entry = registered[app_id]
        return App(app_id, entry.get("sellerId", OWN_SELLER_ID), _public_key(entry["publicKey"]))

    def _content(self, path: Path) -> bytes:
        """The file's bytes, read again only when it changed."""
        try:
            changed = path.stat().st_mtime_ns
        except FileNotFoundError:
            return b""
        if self._read.get(path, (None, b""))[0] != changed:
            self._read[path] = (changed, path.read_bytes())
        return self._read[path][1]


def _public_key(text: str) -> RSAPublicKey:
    """A public key from PEM, or from the bare base64 of its DER that the platform's console shows."""
    if "-----BEGIN" in text:
        return cast(RSAPublicKey, load_pem_public_key(text.encode()))
    return cast(RSAPublicKey, load_der_public_key(base64.b64decode(text)))
