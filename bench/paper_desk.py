"""A worker's parts for certificates, with authorities in this process whose time is kept apart. Knows no figures."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from time import process_time_ns

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from chalicelib.certificates import catalogue, pdf, sd_jwt, twin
from chalicelib.certificates.model.content import CertificateContent
from chalicelib.certificates.seal import Seal
from chalicelib.platform.keys import raw_signature
from sandbox.authority.stamping import StampSigner
from sandbox.trust import DOCUMENT_ISSUER, DOCUMENT_ROOT, STAMP_POLICY, STAMP_ROOT, Authority, pem_chain

ORIGIN = "https://api.example.cn"
LISTS = "http://lists.example.cn/"


class Desk:
    """A worker's parts, with authorities in this process whose time is kept apart."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.apart = 0
        self.key, stamp_key, *keys = (ec.generate_private_key(ec.SECP256R1()) for _ in range(5))
        root = Authority.root(DOCUMENT_ROOT, keys[0], self.now, f"{LISTS}root")
        issuer = root.below(DOCUMENT_ISSUER, keys[1], self.now, f"{LISTS}documents")
        time_root = Authority.root(STAMP_ROOT, keys[2], self.now, f"{LISTS}time")
        stamper = time_root.stamper(stamp_key.public_key(), self.now)
        public = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        signer = issuer.document_signer(public, self.now)
        self.chain = pem_chain(signer, issuer.certificate, root.certificate)
        self.signatory = pdf.Signatory.from_pem(self.chain, self.sign)
        self._lists = {"root": root, "documents": issuer, "time": time_root}
        self._stamps = StampSigner(stamper.public_bytes(Encoding.DER), stamp_key, STAMP_POLICY.dotted_string)
        time_chain = (stamper, time_root.certificate)
        chains = ((self.signatory.certificate, *self.signatory.issuers), time_chain)
        self.press = pdf.Press(
            self.signatory,
            lambda: self.now,
            pdf.Stamper(
                lambda question: self._others(lambda: self._stamps.answer(question, self.now)),
                time_chain,
                lambda: self.now,
            ),
            pdf.Revocations(self._list, chains, lambda: self.now),
        )

    def sign(self, message: bytes) -> bytes:
        """What KMS does."""
        return self.key.sign(message, ec.ECDSA(hashes.SHA256()))

    @cached_property
    def seal(self) -> Seal:
        """What signs JSON."""
        return Seal.from_pem(self.chain, lambda message: raw_signature(self.sign(message)))

    def forms(self, content: CertificateContent) -> tuple[bytes, str, bytes]:
        """One certificate, as it is issued."""
        document = self.press.certify(content, catalogue.types()[content.type_id].signature_box)
        return (
            document,
            sd_jwt.issue(content, ORIGIN, self.seal),
            twin.twin(content, "0" * 64, ORIGIN, self.seal),
        )

    def _list(self, url: str) -> bytes:
        return self._others(lambda: self._lists[url.removeprefix(LISTS)].revocation_list(self.now))

    def _others(self, answer: Callable[[], bytes]) -> bytes:
        begun = process_time_ns()
        found = answer()
        self.apart += process_time_ns() - begun
        return found
