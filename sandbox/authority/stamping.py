"""Answers questions for a time stamp (RFC 3161), as an authority does. Knows keys, certificates and bytes."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import new

from asn1crypto import algos, cms, core, tsp, x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

_SEQUENCE = 0x30
_HASHES = {"sha256", "sha384", "sha512"}


@dataclass(frozen=True, slots=True)
class StampSigner:
    """Signs stamps: its certificate (DER), its key, and the policy that it works by."""

    certificate: bytes
    key: ec.EllipticCurvePrivateKey
    policy: str

    def answer(self, question: bytes, now: datetime) -> bytes:
        """The answer (DER) to a question (DER): a stamp, or why there is none."""
        try:
            asked = tsp.TimeStampReq.load(question, strict=True)
            imprint = asked["message_imprint"]
            algorithm = imprint["hash_algorithm"]["algorithm"].native
            size = len(imprint["hashed_message"].native)
        except (ValueError, TypeError, KeyError):
            return _refusal("bad_data_format")
        if algorithm not in _HASHES or size != new(algorithm).digest_size:
            return _refusal("bad_alg")
        granted = tsp.PKIStatusInfo({"status": "granted"})
        token = self._token(self._information(asked, now), with_certificate=asked["cert_req"].native)
        return bytes(tsp.TimeStampResp({"status": granted, "time_stamp_token": token}).dump())

    def _information(self, asked: tsp.TimeStampReq, now: datetime) -> tsp.TSTInfo:
        said = {
            "version": "v1",
            "policy": self.policy,
            "message_imprint": asked["message_imprint"],
            "serial_number": secrets.randbits(63),
            "gen_time": now.astimezone(UTC).replace(microsecond=0),
            "accuracy": tsp.Accuracy({"seconds": 1}),
        }
        if asked["nonce"].native is not None:
            said["nonce"] = asked["nonce"]
        return tsp.TSTInfo(said)

    def _token(self, information: tsp.TSTInfo, *, with_certificate: bool) -> cms.ContentInfo:
        content, certificate = information.dump(), x509.Certificate.load(self.certificate)
        attributes = self._attributes(content)
        signer = {
            "version": "v1",
            "sid": cms.SignerIdentifier(
                {
                    "issuer_and_serial_number": cms.IssuerAndSerialNumber(
                        {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
                    )
                }
            ),
            "digest_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
            "signed_attrs": attributes,
            "signature_algorithm": algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            "signature": self.key.sign(attributes.dump(), ec.ECDSA(hashes.SHA256())),
        }
        signed = {
            "version": "v3",
            "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
            "encap_content_info": {
                "content_type": "tst_info",
                "content": core.ParsableOctetString(content),
            },
            "signer_infos": [cms.SignerInfo(signer)],
        }
        if with_certificate:
            signed["certificates"] = [certificate]
        return cms.ContentInfo({"content_type": "signed_data", "content": cms.SignedData(signed)})

    def _attributes(self, content: bytes) -> cms.CMSAttributes:
        named = tsp.ESSCertIDv2({"cert_hash": new("sha256", self.certificate).digest()})
        values = {
            "content_type": cms.ContentType("tst_info"),
            "message_digest": core.OctetString(new("sha256", content).digest()),
            "signing_certificate_v2": tsp.SigningCertificateV2({"certs": [named]}),
        }
        return cms.CMSAttributes(
            [cms.CMSAttribute({"type": name, "values": [value]}) for name, value in values.items()]
        )


def _refusal(why: str) -> bytes:
    status = tsp.PKIStatusInfo({"status": "rejection", "fail_info": {why}}).dump()
    return bytes((_SEQUENCE, len(status))) + bytes(status)  # the library has no answer without a stamp
