"""All that a certificate says, in whichever of its three forms. Pure data: every value as people read it."""

from datetime import date, datetime
from hashlib import sha256

from pydantic import Field

from chalicelib.certificates.model.labels import Label
from chalicelib.certificates.model.said import Line, Statement, Table
from chalicelib.types import Model

_DIGEST_CHARACTERS = 16


class CertificateContent(Model):
    """All that one certificate says. The same content always yields the same page.

    `code` is the type's (GB/T 36904), `identifier` the certificate's own; `status_uri` and `status_index` are its place
    in the status list, `None` where there is no list yet.
    """

    type_id: str
    code: str = ""
    name: Label
    serial: str
    identifier: str = ""
    holder_name: str = Field(repr=False)
    holder_id_number: str = Field(repr=False)
    region: Label
    issuer: Label
    statement: Statement = Field(default=Statement(zh="", en=""), repr=False)
    lines: tuple[Line, ...] = ()
    tables: tuple[Table, ...] = ()
    as_of: date
    issued_at: datetime
    valid_until: date
    verify_url: str = ""
    status_uri: str | None = None
    status_index: int | None = None

    def digest(self, proof: str) -> str:
        """The beginning of the SHA-256 over all that is said and over `proof`, the department's signed answer.

        It stands on the paper and is public. Only we and the department have the proof: without it, anyone could try
        names and numbers against the digest.
        """
        printed = self.model_dump_json(exclude={"verify_url", "status_uri", "status_index"})
        return sha256(f"{printed}\0{proof}".encode()).hexdigest()[:_DIGEST_CHARACTERS]

    def verified_at(self, base_url: str, certificate_id: str, digest: str) -> "CertificateContent":
        """This content with the address that tells whether the paper is genuine and still holds.

        The digest stands behind `#`, which a browser does not send.
        """
        return self.model_copy(update={"verify_url": f"{base_url}/v/{certificate_id}#{digest}"})
