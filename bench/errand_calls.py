"""The row `errand-calls`: SDK calls of the errand by use-case, against the least that each use-case can do with.

The errand is the fault enumerator's own, run once and undisturbed. A call is counted where the SDK is about to send it.
Left out is what a process asks once and remembers (`_warm_up`). `LEAST` says, call by call, what cannot be left out:
a secret that is used where it lies, a record that must outlive the process, a fact that may have changed since, a
message to another process. Who calls is known before anything else is read: a session may have been ended a moment ago.
Other reads whose keys are known together count as one, so do writes that belong together, and a repeated POST needs no
record of its own where the id follows from its key.
"""

import json
import os
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from moto import mock_aws

from bench.ground import Ground
from bench.measure import Row
from bench.silence import silence
from chalicelib import wiring
from chalicelib.platform import aws
from tests.cloud import REGION, make_keys
from tests.conftest import SDK, forget
from tests.faults.errand import Errand
from tests.faults.scenarios import card, clinic, house
from tests.faults.stage import stage

GOAL = 1.2
_FIRST = "cert_00000000000000000000000001"

_SESSION = "read the account: the session stands"
LEAST: dict[str, tuple[str, ...]] = {
    "log in": (
        "sign the code's exchange (RSA2, the key stays in KMS)",
        "keep the session with its account, which may be new: one conditional write",
        "sign the session token (ES256, the key stays in KMS)",
    ),
    "open scan": (
        _SESSION,
        "the person's id: MAC of the identity number, the key stays in KMS",
        "read the person's day: whoever may scan no more costs the payment app no scan",
        "sign the opening of the scan (RSA2)",
        "sign the address that the phone opens (RSA2, other parameters)",
        "seal name and number",
        "keep the verification, and count it on the person's day: one transaction",
        "audit",
    ),
    "complete scan": (
        _SESSION,
        "read the verification: whose, and which scan",
        "sign the question how it ended (RSA2)",
        "sign the receipt (ES256)",
        "close it, count it, and keep the receipt with the session: one transaction",
        "read the person's day: the answer says how often they may try again",
        "audit",
    ),
    "bind card": (
        _SESSION,
        "read the verification: passed, recent, for this",
        "open name and number",
        "put the question on the person's record",
        "sign the question to the department (RFC 9421)",
        "seal the card's number",
        "read the bureau's latest word about the physical card",
        "card, person and account together: one transaction",
        "hand the notice over",
        "audit",
        "write the notice",
    ),
    "show code": ("read the account: the session stands, and the card in its wallet is bound",),
    "decode": (
        "read the card: bound still",
        "open what the terminal may see",
        "use the code up: one conditional write",
        "sign the presence token",
    ),
    "find slot": (_SESSION, "read what is free"),
    "hold": (
        "read the account: the session stands, and the card in its wallet is bound",
        "claim the person's day, which all sessions share",
        "take the slot: one conditional write",
        "what is free, for others",
        "the appointment, for its owner",
        "whose it is, for the hospital's word about the session",
        "audit",
    ),
    "open payment": (
        "read the account: the session stands, and who pays",
        "read the appointment",
        "keep the order before anybody is asked for money",
        "sign the opening of the trade (RSA2)",
        "keep the trade's number",
        "audit",
    ),
    "pay": (
        "keep the notification before it is acknowledged",
        "hand it over",
        "read order and appointment together",
        "settle the order",
        "confirm the slot: one conditional write",
        "book the appointment",
        "what is free, for others: it is no hold any more, and never ends",
        "post the money to the ledger",
        "hand the event over",
        "hand the notice over",
        "audit of order and appointment",
        "write the notice",
        "sign the event (RFC 9421)",
        "note its delivery",
        "audit of the delivery",
        "read whose appointment the event tells of",
        "read it and the card together",
        "take the hospital's callback in, once: one transaction",
        "hand it over",
        "read whose appointment it answers",
        "note the hospital's answer",
    ),
    "request certificate": (
        _SESSION,
        "read the verification: passed, recent, for this",
        "keep the request",
        "hand it over",
        "audit",
        "read the request",
        "open name and number",
        "put the question on the person's record",
        "sign the question to the department (RFC 9421)",
        "keep the answer, so that a crash asks nobody twice",
        "claim the certificate and its place in the status list",
        "sign the document",
        "keep the file, once",
        "sign the credential",
        "keep it, once",
        "sign the data",
        "keep them, once",
        "say that it is valid",
        "tell the request which certificate it is, and who must hear of it if it is revoked",
        "drop name, number and facts once the last of the requests is decided",
        "hand the notice over",
        "audit",
        "write the notice",
    ),
    "download": (
        _SESSION,
        "read the certificate: issued, and whose",
        "enter the reading in the citizen's log",
    ),
}
"""Use-case, with everything that follows from it -> the calls that no design can leave out."""

Part = Callable[[Errand], None]


def measure(_: Ground) -> Row:
    """The whole errand, once: a count has no spread."""
    counts = {name: sum(calls.values()) for name, calls in counted().items()}
    ours, least = sum(counts.values()), sum(map(len, LEAST.values()))
    beaten = [name for name in LEAST if counts[name] < len(LEAST[name])]
    if beaten:
        raise RuntimeError(f"what is called the least is not: {', '.join(beaten)} needs fewer calls")
    by_use_case = ", ".join(f"{name} {counts[name]}/{len(LEAST[name])}" for name in LEAST)
    met = round(ours / least, 3) <= GOAL
    verdict = "" if met else f"missed by {(ours / least / GOAL - 1) * 100:.0f} %: {WHY}; "
    return Row("errand-calls", ours, "calls", least, GOAL, 1, f"{verdict}{by_use_case}")


WHY = (
    "an Idempotency-Key costs two writes wherever the page sends one, and a worker reads afresh what its message "
    "is about"
)


def counted() -> dict[str, Counter[str]]:
    """Use-case -> how often each SDK call was made for it and for what follows from it."""
    seen: dict[str, Counter[str]] = {name: Counter() for name in LEAST}
    with silence(), _errand() as errand:
        house.open_the_house(errand)
        wiring.statuses().claim_index(
            _FIRST
        )  # a list is opened and published once for a million certificates
        errand.rest()
        for name in LEAST:
            with _noting(seen[name]):
                for part in _parts(name):
                    part(errand)
                    errand.rest()
    return seen


def _parts(name: str) -> tuple[Part, ...]:
    verb = name.replace(" ", "_")
    part: Part = getattr(card, verb, None) or getattr(clinic, verb)
    return (card.scan_face, part) if name == "complete scan" else (part,)


@contextmanager
def _errand() -> Iterator[Errand]:
    before = dict(os.environ)
    os.environ["AWS_DEFAULT_REGION"] = REGION
    os.environ.pop("AWS_ENDPOINT_URL", None)
    try:
        with mock_aws():
            forget(SDK)
            with stage(make_keys()) as errand:
                yield errand
    finally:
        forget(SDK)
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _noting(into: Counter[str]) -> Iterator[None]:
    def note(model: Any, params: dict[str, Any], **_: object) -> None:
        if not _warm_up(model.name, params):
            into[f"{model.service_model.service_name} {model.name}"] += 1

    clients: tuple[Any, ...] = (aws.dynamodb(), aws.kms(), aws.s3(), aws.sqs())
    for client in clients:
        client.meta.events.register("before-call", note)
    yield
    for client in clients:
        client.meta.events.unregister("before-call", note)


def _warm_up(call: str, params: dict[str, Any]) -> bool:
    """What a process asks once or once a minute: public keys, keys of the day, the signer's chain, registers."""
    if call == "GetPublicKey":
        return True
    if call == "GetObject":
        return "/trust/" in params["url_path"]
    body = json.loads(params["body"]) if params["body"] and call in {"GenerateMac", "GetItem"} else {}
    if call == "GenerateMac":
        return b64decode(body["Message"]).startswith(b"derive:")
    return call == "GetItem" and body["Key"]["pk"]["S"].startswith(("DEPARTMENT#", "INSTITUTION#", "POLICY#"))
