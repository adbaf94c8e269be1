"""What every measured function stands on: stub AWS, a function's environment, a citizen's token, a gateway's event."""

import json
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from functools import cached_property
from time import time
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.config import Settings
from chalicelib.platform.keys import Es256Signer
from chalicelib.platform.tokens import Tokens

CITIZEN_ID = "ctz_01JABCDEFGHJKMNPQRSTVWXYZ0"
_LIFE_SECONDS = 3600


class LocalSigner(Es256Signer):
    """The token key of this run: what KMS would hold, held here."""

    def __init__(self) -> None:
        super().__init__("token")
        self._private = generate_private_key(SECP256R1())

    def sign_der(self, message: bytes) -> bytes:
        """A signature."""
        return self._private.sign(message, ECDSA(SHA256()))

    @cached_property
    def public_key(self) -> Any:
        """The public half."""
        return self._private.public_key()


@dataclass(frozen=True, slots=True)
class Ground:
    """One run's surroundings."""

    environment: dict[str, str]
    token: str

    def event(self, method: str, path: str, body: object = None, **path_parameters: str) -> dict[str, Any]:
        """API Gateway's event of a citizen's request; `path` is the resource."""
        return {
            "resource": path,
            "path": path,
            "httpMethod": method,
            "headers": {
                "Accept": "application/json",
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "Host": "service.example",
                "User-Agent": "Mozilla/5.0",
                "X-Forwarded-For": "192.0.2.1",
            },
            "multiValueHeaders": {},
            "queryStringParameters": None,
            "multiValueQueryStringParameters": None,
            "pathParameters": path_parameters or None,
            "stageVariables": None,
            "requestContext": {
                "resourcePath": path,
                "httpMethod": method,
                "path": f"/api{path}",
                "requestId": "a4f1c3a2",
                "identity": {"sourceIp": "192.0.2.1"},
            },
            "body": None if body is None else json.dumps(body),
            "isBase64Encoded": False,
        }


@contextmanager
def ground() -> Iterator[Ground]:
    """Stub AWS in a process of its own, for as long as the block lasts."""
    signer = LocalSigner()
    der = signer.public_key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    command = [sys.executable, "-m", "bench.aws_stub", b64encode(der).decode()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as stub:
        assert stub.stdin
        assert stub.stdout
        try:
            yield Ground(_environment(stub.stdout.readline().strip()), _token(signer))
        finally:
            stub.stdin.close()


def _environment(port: str) -> dict[str, str]:
    ours = {field.name.upper(): field.name for field in fields(Settings)}
    return ours | {
        "TOKEN_KEY_SLOT": "A",
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
        "AWS_LAMBDA_FUNCTION_NAME": "zerotrip-api",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "1769",
        "AWS_REGION": "us-east-1",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "session",
        "LANG": "en_US.UTF-8",
        "PATH": os.defpath,
    }


def _token(signer: LocalSigner) -> str:
    now = int(time())
    claims = {
        "sub": CITIZEN_ID,
        "sid": "ses_01JABCDEFGHJKMNPQRSTVWXYZ0",
        "iat": now,
        "exp": now + _LIFE_SECONDS,
    }
    return Tokens(signer, "http://127.0.0.1").issue("session+jwt", claims)
