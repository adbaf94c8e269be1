"""The record of a reading, made before the question leaves; by a consent, together with the consent's use."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from chalicelib.errors import Unavailable
from chalicelib.exchange.errors import (
    ConsentEnded,
    ConsentExhausted,
    ConsentExpired,
    ConsentNotCovering,
    ConsentNotFound,
    ConsentRevoked,
)
from chalicelib.exchange.model import Ask, Basis, Inquiry, Usage
from chalicelib.exchange.model.consents import Consent, ConsentStatus, ConsentUse
from chalicelib.exchange.store import ExchangeStore
from chalicelib.exchange.store.consents import Changed, ConsentStore
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import Contended, transact

_ROUNDS = 5
_ENDED: dict[ConsentStatus, type[ConsentEnded]] = {
    ConsentStatus.REVOKED: ConsentRevoked,
    ConsentStatus.EXHAUSTED: ConsentExhausted,
    ConsentStatus.EXPIRED: ConsentExpired,
}


class _Noted(Unavailable):
    """This reading has its entry already."""

    def __init__(self, usage_id: str) -> None:
        super().__init__()
        self.usage_id = usage_id


@dataclass(frozen=True, slots=True)
class Readings:
    """Who reads what, by what right."""

    store: ExchangeStore
    consents: ConsentStore
    clock: Clock

    def note(self, inquiry: Inquiry, asks: Sequence[Ask]) -> None:
        """Put on record that these facts are read now; each once per case, however often it is asked for.

        By a consent: it is read as it stands this moment, and its use and the entries are one transaction. A fact that
        this consent was used for before, in this case, costs no further use, yet is not read by a consent that ended.
        Raises ConsentNotFound, ConsentNotCovering, ConsentEnded, Unavailable: then nothing may leave.
        """
        if inquiry.consent_id is None:
            for ask in asks:
                self.store.record(self._usage(inquiry, ask))
            return
        noted: set[str] = set()
        for _ in range(_ROUNDS):
            try:
                self._use(inquiry, asks, noted)
            except (Changed, Contended):
                continue
            except _Noted as before:
                noted.add(before.usage_id)
            else:
                return
        raise Unavailable

    def _use(self, inquiry: Inquiry, asks: Sequence[Ask], noted: Collection[str]) -> None:
        consent = self._standing(inquiry)
        used = {use.request_id for use in consent.uses}
        fresh = [ask for ask in asks if inquiry.id_of(ask) not in used]
        ended = consent.ended(self.clock(), len(fresh))
        if ended:
            log.event("consent.refused", consent=consent.id, status=ended)
            raise _ENDED[ended]
        if fresh:
            self._append(inquiry, consent, fresh, noted)

    def _append(
        self, inquiry: Inquiry, consent: Consent, fresh: Sequence[Ask], noted: Collection[str]
    ) -> None:
        now = self.clock()
        after = consent.used([ConsentUse(request_id=inquiry.id_of(a), fact=a.fact, at=now) for a in fresh])
        usages = [self._usage(inquiry, ask) for ask in fresh]
        entries = [self.store.noting(each, _Noted(each.id)) for each in usages if each.id not in noted]
        transact([self.consents.use(consent, after), *entries])

    def _standing(self, inquiry: Inquiry) -> Consent:
        found = self.consents.find(inquiry.subject.person_id, inquiry.consent_id or "")
        if found is None:
            raise ConsentNotFound
        if not found.covers(inquiry):
            log.event("consent.refused", consent=found.id, status="not-covering")
            raise ConsentNotCovering
        return found

    def _usage(self, inquiry: Inquiry, ask: Ask) -> Usage:
        return Usage(
            id=inquiry.id_of(ask),
            person_id=inquiry.subject.person_id,
            department_id=ask.department_id,
            fact=ask.fact,
            purpose=inquiry.purpose,
            case_id=inquiry.case_id,
            read_at=self.clock(),
            client=inquiry.client,
            basis=Basis.CONSENT if inquiry.consent_id else inquiry.basis,
            consent_id=inquiry.consent_id,
        )
