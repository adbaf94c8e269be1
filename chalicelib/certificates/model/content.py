"""All that is printed on one certificate, in whatever form. Pure data."""

from datetime import date, datetime
from hashlib import sha256

from pydantic import Field

from chalicelib.certificates.model.types import Label
from chalicelib.types import Model

_DIGEST_CHARACTERS = 16


class CertificateContent(Model):
    """All that is printed on one certificate. The same content always yields the same page."""

    type_id: str
    name: Label
    serial: str
    holder_name: str = Field(repr=False)
    holder_id_number: str = Field(repr=False)
    region: Label
    purpose: Label
    issuer: Label
    as_of: date
    issued_at: datetime
    valid_until: date
    verify_url: str = ""

    def digest(self, proof: str) -> str:
        """The beginning of the SHA-256 over all that is printed and over `proof`, the department's signed answer.

        It stands on the paper and is public. Only we and the department have the proof: without it, anyone could try
        names and numbers against the digest.
        """
        printed = self.model_dump_json(exclude={"verify_url"})
        return sha256(f"{printed}\0{proof}".encode()).hexdigest()[:_DIGEST_CHARACTERS]

    def verified_at(self, base_url: str, certificate_id: str, digest: str) -> "CertificateContent":
        """This content with the address that tells whether the paper is genuine and still holds.

        The digest stands behind `#`, which a browser does not send.
        """
        return self.model_copy(update={"verify_url": f"{base_url}/v/{certificate_id}#{digest}"})
