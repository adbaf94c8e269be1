"""Asks for a certificate of the key that signs our calls to the payment app, whose private half never leaves KMS.

    python -m infra.csr <key or alias> "<organisation as registered>" "<domain>" > app.csr

prints the certificate signing request (PKCS #10) that the payment app's console wants in certificate mode. It must not
know what becomes of the certificate; docs/operations.md does.
"""

import sys
from collections.abc import Sequence
from typing import Any, cast

import boto3
from asn1crypto import core, csr, keys, pem, x509

_ALGORITHM = "sha256_rsa"
_WORDS = 3


def main(words: Sequence[str]) -> int:
    """Print a request; returns the exit code."""
    if len(words) != _WORDS:
        print(__doc__, file=sys.stderr)
        return 2
    print(request(*words, kms=cast("Any", boto3).client("kms")), end="")
    return 0


def request(key: str, organisation: str, domain: str, *, kms: Any) -> str:  # noqa: ANN401  (boto3 is typed by service)
    """The request in PEM, signed by the key that it is about."""
    named = {"country_name": "CN", "organization_name": organisation, "common_name": domain}
    about = csr.CertificationRequestInfo(
        {
            "version": "v1",
            "subject": x509.Name.build(named),
            "subject_pk_info": keys.PublicKeyInfo.load(kms.get_public_key(KeyId=key)["PublicKey"]),
            "attributes": csr.CRIAttributes([]),
        }
    )
    signed = kms.sign(
        KeyId=key, Message=about.dump(), MessageType="RAW", SigningAlgorithm="RSASSA_PKCS1_V1_5_SHA_256"
    )
    whole = csr.CertificationRequest(
        {
            "certification_request_info": about,
            "signature_algorithm": {"algorithm": _ALGORITHM, "parameters": core.Null()},
            "signature": signed["Signature"],
        }
    )
    return str(pem.armor("CERTIFICATE REQUEST", whole.dump()), "ascii")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
