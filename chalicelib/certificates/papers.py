"""Gateway to the files of issued certificates: a PDF, and beside it what anyone may know of it, and its other forms.

It must not know how a certificate came about, or whose it is: the record beside a file says nothing of its holder.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from chalicelib.certificates.model.certificates import PublicRecord
from chalicelib.certificates.model.types import Label
from chalicelib.platform.blobs import Bucket, Facts
from chalicelib.types import rfc3339

PDF, SD_JWT, JSON = "pdf", "sd-jwt", "json"
"""The forms of a certificate; its files are called by them."""
_MEDIA = {PDF: "application/pdf", SD_JWT: "application/dc+sd-jwt", JSON: "application/jose+json"}


@dataclass(frozen=True, slots=True)
class Papers:
    """Issued certificates by their id."""

    bucket: Bucket

    def keep(self, certificate_id: str, document: bytes, record: PublicRecord) -> PublicRecord:
        """Store the document unless one stands there. Returns the record of the one that now stands."""
        return _record(self._put(certificate_id, PDF, document, _facts(record)))

    def keep_form(self, certificate_id: str, form: str, document: bytes) -> str:
        """Store another form unless it stands there. Returns the SHA-256 (hexadecimal) of what now stands."""
        return self._put(certificate_id, form, document, {"sha256": sha256(document).hexdigest()})["sha256"]

    def record(self, certificate_id: str) -> PublicRecord | None:
        """What anyone may know of this certificate, or None if none was issued under this id."""
        facts = self.bucket.facts(_key(certificate_id, PDF))
        return None if facts is None else _record(facts)

    def link(self, certificate_id: str, form: str, name: str, seconds: int) -> str:
        """An address that gives the certificate in a form to whoever holds it, for `seconds`, to save as `name`."""
        return self.bucket.signed_url(_key(certificate_id, form), f"{name}.{form}", seconds)

    def _put(self, certificate_id: str, form: str, document: bytes, facts: Facts) -> Facts:
        return self.bucket.put_once(_key(certificate_id, form), document, _MEDIA[form], facts)


def _key(certificate_id: str, form: str) -> str:
    return f"certificates/{certificate_id}.{form}"


def _facts(record: PublicRecord) -> Facts:
    return {
        "type": record.type_id,
        "type-zh": record.type_name.zh,
        "type-en": record.type_name.en,
        "serial": record.serial,
        "issuer-zh": record.issuer.zh,
        "issuer-en": record.issuer.en,
        "issued-at": rfc3339(record.issued_at),
        "valid-until": rfc3339(record.valid_until),
        "content-digest": record.content_digest,
        "sha256": record.sha256,
    }


def _record(facts: Facts) -> PublicRecord:
    return PublicRecord(
        type_id=facts["type"],
        type_name=Label(zh=facts["type-zh"], en=facts["type-en"]),
        serial=facts["serial"],
        issuer=Label(zh=facts["issuer-zh"], en=facts["issuer-en"]),
        issued_at=_moment(facts["issued-at"]),
        valid_until=_moment(facts["valid-until"]),
        content_digest=facts["content-digest"],
        sha256=facts["sha256"],
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
