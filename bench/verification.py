"""The row `verification`: a credential judged by its file, a status list and a root, against its bare cryptography.

The floor checks the same signatures (credential, list, and the signer's certificates once for both) and inflates the
same list of a million places with 1 % revoked; it reads nothing and decides nothing. PDFs a second are told beside it.
"""

import json
import zlib
from base64 import urlsafe_b64decode
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from statistics import median
from time import process_time_ns

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from bench.ground import Ground
from bench.measure import Row, compared, rounds
from bench.status_list import REVOKED, some_revoked
from chalicelib.certificates import catalogue, pdf
from chalicelib.certificates.model.content import CertificateContent
from chalicelib.certificates.model.facts import Facts
from chalicelib.certificates.sd_jwt import issue
from chalicelib.certificates.seal import Seal
from chalicelib.certificates.status import KIND, claims
from chalicelib.platform.keys import raw_signature
from sandbox.trust import document_chain
from verifier.trust import Trust
from verifier.verdict import Verdict, judge

ROUNDS, TIMES = 15, 10
GOAL = 2.5
WHY = "certificates and tokens are read anew each time, as a verifier must that is given files"
_ORIGIN = "https://service.example"
_URI = f"{_ORIGIN}/v1/status-lists/1"


def measure(_: Ground) -> Row:
    """Judge, and check barely, in turns."""
    now = datetime.now(UTC)
    key = generate_private_key(SECP256R1())
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    chain = document_chain(der, now)
    seal = Seal.from_pem(chain, lambda message: raw_signature(key.sign(message, ECDSA(SHA256()))))
    trust, content = Trust.of(chain), _content(now)
    listed = seal.jws(KIND, claims(_URI, dict.fromkeys(set(some_revoked(REVOKED)) - {7}, 1), now))
    credential, paper = issue(content, _ORIGIN, seal), _paper(content, chain, now, key.sign)
    bare = _Bare(chain, [credential.partition("~")[0], listed], listed)
    later = now + timedelta(seconds=2)

    def judged(document: bytes) -> None:
        fresh = Trust(trust.roots)  # it remembers nothing of the last time
        assert judge(document, fresh, [listed], later).verdict is Verdict.VALID

    taken = rounds(
        {
            "ours": lambda: _each(lambda: judged(credential.encode())),
            "paper": lambda: _each(lambda: judged(paper)),
            "bare": lambda: _each(bare.check),
        },
        ROUNDS,
    )
    row = compared("verification", "us CPU", GOAL, taken["ours"], taken["bare"], WHY)
    told = (
        f"{1_000_000 / median(taken['ours']):,.0f} credentials or {1_000_000 / median(taken['paper']):,.0f} "
        "PDFs per second and core, each with the status list read anew"
    )
    return replace(row, note="; ".join(filter(None, (row.note, told))))


class _Bare:
    """The signatures and the list, ready to be checked."""

    def __init__(self, chain: bytes, tokens: list[str], listed: str) -> None:
        self._path = x509.load_pem_x509_certificates(chain)
        key = self._path[0].public_key()
        assert isinstance(key, EllipticCurvePublicKey)
        self._key, self._signed = key, [_signed(each) for each in tokens]
        self._deflated = _lst(listed)

    def check(self) -> None:
        """Every signature once, and the list inflated."""
        for issued, issuer in pairwise(self._path):
            issued.verify_directly_issued_by(issuer)
        for message, signature in self._signed:
            self._key.verify(signature, message, ECDSA(SHA256()))
        zlib.decompress(self._deflated)


def _signed(token: str) -> tuple[bytes, bytes]:
    message, _, signature = token.rpartition(".")
    raw = urlsafe_b64decode(signature + "==")
    r, s = (int.from_bytes(half, "big") for half in (raw[:32], raw[32:]))
    return message.encode(), encode_dss_signature(r, s)


def _lst(listed: str) -> bytes:
    told = json.loads(urlsafe_b64decode(listed.split(".")[1] + "=="))
    return urlsafe_b64decode(told["status_list"]["lst"] + "==")


def _paper(content: CertificateContent, chain: bytes, now: datetime, sign: Callable[..., bytes]) -> bytes:
    signatory = pdf.Signatory.from_pem(chain, lambda message: sign(message, ECDSA(SHA256())))
    box = catalogue.types()[content.type_id].signature_box
    return pdf.sign(pdf.render(content), signatory, now, box)


def _content(now: datetime) -> CertificateContent:
    kind, region = catalogue.types()["no-house"], catalogue.region_name("330100")
    facts: Facts = {"house-ownership": {"houses": 0, "region": "330100"}}
    return CertificateContent(
        type_id=kind.id,
        name=kind.name,
        serial="WF-330100-20261123-7W4Y8N1P9Q",
        holder_name="欧阳明月",
        holder_id_number="330106199003071237",
        region=region,
        issuer=kind.issuer.for_region(region),
        statement=kind.statement_of(facts, region, date(2026, 11, 23)),
        lines=kind.lines_of(facts),
        as_of=date(2026, 11, 23),
        issued_at=now,
        valid_until=now.date() + timedelta(days=90),
        verify_url=f"{_ORIGIN}/v/cert_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P#9f86d081884c7d65",
        status_uri=_URI,
        status_index=7,
    )


def _each(call: Callable[[], object]) -> float:
    """CPU microseconds of one."""
    began = process_time_ns()
    for _ in range(TIMES):
        call()
    return (process_time_ns() - began) / TIMES / 1000
