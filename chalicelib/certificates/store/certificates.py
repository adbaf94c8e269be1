"""Certificates as items of the core table: one partition each, and beside the person a pointer to what stands.

The pointer is what makes the same facts the same certificate: it is taken in one transaction with the record.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from chalicelib.certificates.model.certificates import TRANSITIONS, Certificate, CertificateStatus, Change
from chalicelib.certificates.model.labels import Label
from chalicelib.certificates.store.plain import moment, plain
from chalicelib.certificates.store.requests import grounds_of
from chalicelib.errors import AppError, Unavailable
from chalicelib.platform.dynamo import ABSENT, Table, Write, commit
from chalicelib.platform.outbox import Message

_SK = "CERTIFICATE"


class Claimed(Unavailable):
    """Another worker made a certificate of the same facts meanwhile: look again."""


class CertificateMoved(Unavailable):
    """The certificate is not as it was seen: look again."""


def _key(certificate_id: str) -> dict[str, str]:
    return {"pk": f"CERTIFICATE#{certificate_id}", "sk": _SK}


def _pointer(person_id: str, type_id: str, facts_digest: str) -> dict[str, str]:
    return {"pk": f"PERSON#{person_id}", "sk": f"CERTIFICATE#{type_id}#{facts_digest}"}


@dataclass(frozen=True, slots=True)
class CertificateStore:
    """Reads and conditional writes."""

    table: Table

    def find(self, certificate_id: str) -> Certificate | None:
        """A certificate as it stands this moment."""
        item = self.table.get(_key(certificate_id), consistent=True)
        return _certificate(item) if item else None

    def find_all(self, certificate_ids: Collection[str]) -> dict[str, Certificate]:
        """Certificates by their ids, as one read finds them; it may be a moment behind."""
        items = self.table.get_all([_key(each) for each in certificate_ids])
        return {item["id"]: _certificate(item) for item in items}

    def pointed(self, person_id: str, type_id: str, facts_digest: str) -> str | None:
        """The id of the certificate that these facts led to last."""
        item = self.table.get(_pointer(person_id, type_id, facts_digest), consistent=True)
        return str(item["certificate_id"]) if item else None

    def opening(self, certificate: Certificate, instead_of: str | None) -> list[Write]:
        """A fresh record, and the pointer to it in the place of the one that was seen.

        Refused with Claimed where another is pointed to by now.
        """
        pointer = _pointer(certificate.person_id, certificate.type_id, certificate.facts_digest)
        seen = {"pk": ABSENT} if instead_of is None else {"certificate_id": instead_of}
        return [
            self.table.put(pointer | {"certificate_id": certificate.id}, Claimed(), expect=seen),
            self.table.put(_key(certificate.id) | plain(certificate), Claimed()),
        ]

    def moving(
        self, certificate: Certificate, event: str, change: Change, messages: Collection[Message] = ()
    ) -> Write:
        """Let `event` happen to exactly this version of a certificate. Refused with CertificateMoved."""
        sources, target = TRANSITIONS[event]
        told = plain(certificate)
        signed = {name: told[name] for name in ("digests", "content_digest") if name in told}
        return self.table.update(
            _key(certificate.id),
            CertificateMoved(),
            expect={"status": sources, "version": certificate.version},
            assign=signed
            | {"status": target, "changes": [plain(each) for each in (*certificate.changes, change)]}
            | ({"outbox": list(messages)} if messages else {}),
            add={"version": 1},
        )

    def holding(self, certificate_id: str, otherwise: AppError) -> Write:
        """That a certificate is neither suspended nor revoked, for a transaction that rests on it."""
        return self.table.check(_key(certificate_id), otherwise, expect={"status": CertificateStatus.VALID})

    def move(self, certificate: Certificate, event: str, change: Change) -> Certificate:
        """`moving`, done. Raises CertificateMoved, Unavailable."""
        return _certificate(commit(self.moving(certificate, event, change)))


def _certificate(item: Mapping[str, Any]) -> Certificate:
    fields = {name: item[name] for name in Certificate.model_fields if name in item}
    fields |= {name: moment(item[name]) for name in ("issued_at", "valid_until")}
    fields |= {name: Label(**item[name]) for name in ("type_name", "issuer")}
    fields |= {
        "as_of": date.fromisoformat(item["as_of"]),
        "status": CertificateStatus(item["status"]),
        "changes": tuple(_change(each) for each in item["changes"]),
        "grounds": tuple(grounds_of(each) for each in item["grounds"]),
    }
    return Certificate(**fields)


def _change(item: Mapping[str, Any]) -> Change:
    told = {**item, "at": moment(item["at"]), "status": CertificateStatus(item["status"])}
    return Change(**told)
