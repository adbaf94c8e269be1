"""The row `status-list`: a million certificates' status with 1 % revoked, against what such a list must say at least.

The floor is the entropy of the list in bytes: nobody can tell 10,000 chosen ones of a million in fewer. How long a list
takes to build and to sign, and how large it is as a token, is told beside it.
"""

import random
from base64 import b64encode
from datetime import UTC, datetime
from math import log2
from statistics import median
from time import process_time_ns

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

from bench.ground import Ground
from bench.measure import Row
from chalicelib.certificates.model.status import SIZE, Status, compressed, packed
from chalicelib.certificates.seal import Seal
from chalicelib.certificates.status import KIND, claims
from chalicelib.platform.keys import raw_signature

REVOKED = 10_000
"""1 % of a million."""
ROUNDS = 15
GOAL = 1.5
_CHAIN = b64encode(bytes(range(256)) * 3).decode()
"""A certificate of usual length."""
_URI = "https://service.example/v1/status-lists/1"


def measure(_: Ground) -> Row:
    """Build lists of chance."""
    key = generate_private_key(SECP256R1())
    seal = Seal("kid", (_CHAIN,), lambda message: raw_signature(key.sign(message, ECDSA(SHA256()))))
    sizes, tokens, times = [], [], []
    for _round in range(ROUNDS):
        revoked = some_revoked(REVOKED)
        began = process_time_ns()
        token = seal.jws(KIND, claims(_URI, revoked, datetime.now(UTC)))
        times.append((process_time_ns() - began) / 1_000_000)
        tokens.append(len(token))
        sizes.append(len(compressed(packed(revoked))))
    halves = 2 * len(compressed(packed(some_revoked(REVOKED // 2))))
    told = (
        f"as a signed token {median(tokens):,.0f} bytes, built in {median(times):.0f} ms CPU; "
        f"in two lists, each half full as they are kept, {halves:,} bytes"
    )
    return Row("status-list", median(sizes), "bytes", entropy(REVOKED), GOAL, ROUNDS, told)


def entropy(revoked: int) -> int:
    """Bytes that a list of so many revoked ones must have on average."""
    share = revoked / SIZE
    return round(SIZE * -(share * log2(share) + (1 - share) * log2(1 - share)) / 8)


def some_revoked(count: int) -> dict[int, int]:
    """That many places of chance, revoked."""
    return dict.fromkeys(random.sample(range(SIZE), count), int(Status.INVALID))
