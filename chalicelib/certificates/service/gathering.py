"""What the departments said about a certificate's holder becomes a decision: go on, or refuse with the reason."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.certificates import catalogue
from chalicelib.certificates.model.certificates import (
    Certificate,
    Grounds,
    end_of_validity,
    serial_number,
)
from chalicelib.certificates.model.types import CertificateType, Reason
from chalicelib.exchange.errors import AnswerNotTrusted
from chalicelib.exchange.model import Fact, FactStatus, Subject
from chalicelib.exchange.service import Exchange
from chalicelib.identity.model.persons import Person
from chalicelib.platform.clock import Clock

_NO_RECORD = {
    FactStatus.NOT_FOUND: Reason(
        code="no-record",
        zh="主管部门未查到相关登记信息，请向其核实后重新申请",
        en="The department has no record to certify from; please ask it, then request again",
    ),
    FactStatus.MISMATCH: Reason(
        code="identity-mismatch",
        zh="姓名与身份证号码在主管部门的登记不一致，请先更正登记信息",
        en="The department's record has another name for this identity number; please have it corrected",
    ),
}


@dataclass(frozen=True, slots=True)
class Gathering:
    """Asks the department and decides by the type's rules."""

    exchange: Exchange
    clock: Clock

    def decided(self, certificate: Certificate, holder: Person) -> tuple[Certificate, str]:
        """What the certificate becomes, and by which event. Raises DepartmentUnavailable, AnswerNotTrusted."""
        kind = catalogue.types()[certificate.type_id]
        subject = Subject(person_id=holder.id, real_name=holder.real_name, id_number=holder.id_number)
        need = kind.needs[0]
        fact = self.exchange.ask(
            need.department_id, need.fact, subject, purpose=certificate.purpose, case_id=certificate.id
        )
        return _decide(certificate, kind, fact, self.clock())


def _decide(
    certificate: Certificate, kind: CertificateType, fact: Fact, now: datetime
) -> tuple[Certificate, str]:
    value = fact.value
    if value is not None and not kind.fits({fact.fact: value}):
        raise AnswerNotTrusted
    refusal = _NO_RECORD[fact.status] if value is None else kind.refusal({fact.fact: value})
    grounds = _grounds(fact)
    if refusal or value is None:
        return certificate.model_copy(update={"grounds": grounds, "reason": refusal}), "facts-contradict"
    changes = {
        "grounds": grounds,
        "serial": serial_number(kind, certificate.id, str(value["region"]), now),
        "issued_at": now,
        "valid_until": end_of_validity(now, kind.valid_days),
    }
    return certificate.model_copy(update=changes), "facts-confirm"


def _grounds(fact: Fact) -> Grounds:
    return Grounds(
        request_id=fact.request_id,
        value=fact.value or {},
        answered_at=fact.answered_at,
        proof=fact.proof,
    )
