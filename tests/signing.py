"""A signatory of this process: a key of its own, certified by the demonstration's authority."""

from datetime import UTC, datetime

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.certificates import pdf
from sandbox.trust import document_chain

_KEY = ec.generate_private_key(ec.SECP256R1())
CHAIN = document_chain(
    _KEY.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    ),
    datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC),
)
SIGNATORY = pdf.Signatory.from_pem(CHAIN, lambda message: _KEY.sign(message, ec.ECDSA(hashes.SHA256())))
