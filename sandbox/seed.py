"""Registers the outside world with a deployed service: its parties, its hospitals' slots, its certificate authority.

    python -m sandbox.seed
    python -m sandbox.seed keys <institution> [<key name> ...]

Does what an administrator does once per deployment, with the service's own functions; the second form lets exactly
the named keys of an institution stand, so that one is withdrawn by leaving it out. It asks the parties for their
addresses and public keys at WORLD_URL, and finds the service by the environment that the functions have. Doing it
again changes nothing that is right already. It must not know any private key.
"""

import json
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib import wiring
from chalicelib.config import settings
from chalicelib.exchange.model import Department
from chalicelib.institutions.model import Kind, Registration
from chalicelib.platform.keys import Es256Signer
from chalicelib.platform.tokens import unb64url
from chalicelib.types import CHINA
from sandbox import seed_slots
from sandbox.calls import Unreachable, call
from sandbox.institutions.directory import institutions as directory

AT_ONCE = 8
OK = 200
_PEM = "application/x-pem-file"


class NotSeeded(Exception):
    """A party does not answer; the message says which."""


def main(words: Sequence[str] = ()) -> int:
    """Do what the words say, with a line per step and one that sums up; returns the exit code."""
    os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "WARNING")  # a hundred registrations are no news here
    started, world = perf_counter(), os.environ["WORLD_URL"]

    def tell(line: str) -> None:
        print(f"{perf_counter() - started:6.1f} s  {line}", flush=True)

    try:
        match words:
            case ["keys", institution, *names]:
                print(let_stand(world, institution, names))
            case _:
                print(seed(world, tell))
    except NotSeeded as error:
        print(f"zerotrip: {error}", file=sys.stderr)
        return 1
    return 0


def seed(world: str, tell: Callable[[str], None]) -> str:
    """Every step, each told when it is done; returns the sum. Raises NotSeeded."""
    institutions = _items(world, "institutions")
    _each(register_institution, institutions)
    tell(f"{len(institutions)} institutions registered with their keys")
    registrars = _items(world, "registrars")
    _each(register_institution, registrars)
    tell(f"{len(registrars)} departments registered as those who may withdraw what they issued")
    parties = [_told(world, "insurer"), _told(world, "provident-fund")]
    departments = [*_items(world, "departments"), *parties]
    _each(register_department, departments)
    tell(
        f"{len(departments) - 2} departments, the medical insurance and the provident fund's payments connected"
    )
    certified = certify_document_key(partial(_answered, world, "POST", "authority/documents"))
    tell("document signer certified" if certified else "document signer was certified before")
    stamps = _answered(world, "GET", "authority/time-stamps")
    wiring.certificate_bucket().put(wiring.TIME_STAMP_CHAIN, stamps, _PEM)
    sessions = seed_slots.seed(directory().values(), datetime.now(CHINA).date())
    tell(f"{sessions:,} clinic sessions published for the next 14 days")
    return f"{len(institutions)} institutions, {len(departments)} departments, {sessions:,} clinic sessions"


def let_stand(world: str, institution_id: str, names: Sequence[str]) -> str:
    """Register the institution with exactly its keys of these names; returns what stands then. Raises NotSeeded."""
    path = f"institutions/{institution_id}"
    keys = {name: _told(world, f"{path}?keyName={name}")["publicKey"] for name in names}
    wiring.institutions().register(_registration(_told(world, path), keys))
    return f"{institution_id}: {', '.join(names) or 'no key'}"


def register_institution(told: dict[str, Any]) -> None:
    """One hospital, pharmacy or department, or the bureau, with its event address and its public key."""
    wiring.institutions().register(_registration(told, {told["keyName"]: told["publicKey"]}))


def _registration(told: dict[str, Any], keys: dict[str, str]) -> Registration:
    return Registration(
        id=told["id"], kind=Kind(told["kind"]), name=told["name"], endpoint=told["endpoint"], keys=keys
    )


def register_department(told: dict[str, Any]) -> None:
    """One department, with its address and its public key."""
    key = told["publicKey"]
    wiring.exchange().register(
        Department(
            id=told["id"],
            name_zh=told["name"]["zh"],
            name_en=told["name"]["en"],
            endpoint=told["endpoint"],
            key_id=key["kid"],
            public_key=unb64url(key["x"]),
        )
    )


def certify_document_key(certify: Callable[[bytes], bytes]) -> bool:
    """Let an authority certify the key that signs documents, unless what it certified before stands.

    `certify` gives a chain (PEM) for a public key (DER).
    """
    key = Es256Signer(settings().document_key).public_key
    chain = certify(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    bucket = wiring.certificate_bucket()
    standing = bucket.read(wiring.DOCUMENT_CHAIN)
    if standing and _certifies_alike(standing, chain):
        return False
    bucket.put(wiring.DOCUMENT_CHAIN, chain, _PEM)
    return True


def _certifies_alike(one: bytes, other: bytes) -> bool:
    """Whether two chains are for one key, by the same issuers."""
    (signer, *issuers), (other_signer, *other_issuers) = map(x509.load_pem_x509_certificates, (one, other))
    return signer.public_key() == other_signer.public_key() and issuers == other_issuers


def _each(register: Callable[[dict[str, Any]], None], items: list[dict[str, Any]]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(register, items))


def _items(world: str, kind: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = _told(world, kind)["items"]
    return items


def _told(world: str, path: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(_answered(world, "GET", path))
    return told


def _answered(world: str, method: str, path: str, body: bytes = b"") -> bytes:
    try:
        reply = call(method, f"{world}/sandbox/{path}", {}, body)
    except Unreachable as error:
        raise NotSeeded(f"the outside world does not answer at {world}") from error
    if reply.status != OK:
        raise NotSeeded(f"the outside world does not tell of its {path}: status {reply.status}")
    return reply.body


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
