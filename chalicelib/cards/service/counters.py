"""Counters' codes: put up by an institution, read by whoever stands before one."""

import re
from dataclasses import dataclass

from chalicelib.cards.counter_codes import CounterCodes
from chalicelib.cards.counter_errors import CounterCodeInvalid, CounterCodeNotFound, CounterCodeWithdrawn
from chalicelib.cards.model.counters import Asking, Counter, CounterStatus
from chalicelib.cards.model.decoding import BusinessType
from chalicelib.cards.store.counters import CounterStore
from chalicelib.institutions.errors import InstitutionUnknown
from chalicelib.institutions.model import Institution
from chalicelib.institutions.service.institutions import Institutions
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.types import id_pattern, new_id

_ID = re.compile(id_pattern("ctr"))


@dataclass(frozen=True, slots=True)
class Counters:
    """Counters and their codes."""

    store: CounterStore
    codes: CounterCodes
    institutions: Institutions
    clock: Clock

    def put_up(
        self, institution: Institution, office_id: str, device_id: str, business_type: BusinessType
    ) -> tuple[str, str]:
        """The id and the code of the counter at this place, for this errand; asked again, the same."""
        now = self.clock()
        counter = Counter(
            id=new_id("ctr", now),
            institution_id=institution.id,
            key_id=institution.key_id,
            office_id=office_id,
            device_id=device_id,
            business_type=business_type,
            status=CounterStatus.ACTIVE,
            put_up_at=now,
        )
        counter_id = self.store.put_up(counter)
        log.event("counter.put-up", institution=institution.id, counter=counter_id)
        return counter_id, self.codes.write(counter_id)

    def withdraw(self, institution: Institution, counter_id: str) -> None:
        """Take a code down for good; its place may have a new one. Again: no change. Raises CounterCodeNotFound."""
        counter = self.store.find(counter_id) if _ID.match(counter_id) else None
        if counter is None or counter.institution_id != institution.id:
            raise CounterCodeNotFound
        if counter.status is CounterStatus.ACTIVE:
            self.store.withdraw(counter)
            log.event("counter.withdrawn", institution=institution.id, counter=counter_id)

    def read(self, code: str) -> Asking:
        """Who asks by this code, and for what. Raises CounterCodeInvalid, CounterCodeWithdrawn."""
        counter = self.store.find(self.codes.read(code))
        if counter is None:
            raise CounterCodeInvalid
        if counter.status is not CounterStatus.ACTIVE:
            raise CounterCodeWithdrawn
        return Asking(counter, self._name(counter))

    def _name(self, counter: Counter) -> str:
        try:
            return self.institutions.registered(counter.institution_id).name
        except InstitutionUnknown as error:
            raise CounterCodeWithdrawn from error
