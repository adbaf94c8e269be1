"""The reverse of showing a code: the citizen scans the counter's, and the counter picks up who came."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.cards.counter_errors import PresenceExpired, PresenceNotFound
from chalicelib.cards.model.card import Card
from chalicelib.cards.model.counters import Arrival, Asking
from chalicelib.cards.model.decoding import ERRANDS, PRESENCE_LIFE, Presence, Terminal
from chalicelib.cards.model.usage import Kind, Relative, Usage
from chalicelib.cards.service.attesting import Attesting
from chalicelib.cards.service.cards import Cards
from chalicelib.cards.service.counters import Counters
from chalicelib.cards.store.counters import CounterStore
from chalicelib.cards.store.usages import UsageStore
from chalicelib.identity.model.accounts import Citizen
from chalicelib.institutions.model import Institution
from chalicelib.institutions.service.institutions import Institutions
from chalicelib.mandates.model.mandates import Action, reference
from chalicelib.mandates.service.mandates import Mandates
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.cursor import Cursors
from chalicelib.platform.dynamo import transact
from chalicelib.types import id_pattern, new_id

_ID = re.compile(id_pattern("prs"))
"""Nothing longer than an id reaches the table: it would refuse the key, and that would look like a fault of ours."""


@dataclass(frozen=True, slots=True)
class Presences:
    """Arrivals at counters."""

    store: CounterStore
    counters: Counters
    cards: Cards
    mandates: Callable[[], Mandates]
    usages: UsageStore
    attesting: Attesting
    institutions: Institutions
    cursors: Cursors
    clock: Clock

    def arrive(self, citizen: Citizen, card_id: str, code: str) -> tuple[Arrival, Asking]:
        """The caller stands at this counter with this card and shares what it asks for.

        One transaction: the entry in the person's usage log, and the arrival with the event to the institution.
        Scanning again while that lasts (10 minutes) gives the same arrival. Raises what `Counters.read` and
        `Cards.usable` raise.
        """
        asking = self.counters.read(code)
        card = self.cards.usable(citizen, card_id)
        now, last = self.clock(), self.store.last(asking.counter.id, citizen.id, card.id)
        if last and (standing := self._standing(asking, last.arrival_id, now)):
            return standing, asking
        arrival = _arrival(asking, citizen, card, now)
        usage = _usage(arrival, asking, _relative(citizen, card_id))
        transact([self.usages.enter(card.person_id, usage), *self.store.arrive(arrival, last)])
        log.event("presence.created", institution=arrival.institution_id, presence=arrival.id, card=card.id)
        return arrival, asking

    def waiting(
        self, institution: Institution, limit: int, cursor: str | None = None
    ) -> tuple[list[Arrival], str | None]:
        """Who came to the institution's counters in the last ten minutes, newest first. Raises Invalid."""
        scope = f"presences:{institution.id}"
        found, last = self.store.arrivals(institution.id, limit, self.cursors.open(scope, cursor))
        now = self.clock()
        standing = [each for each in found if each.expires_at > now]
        # They come in the order of their end too: after one that is over, all are.
        return standing, self.cursors.seal(scope, last if len(standing) == len(found) else None)

    def pick_up(self, institution: Institution, presence_id: str) -> Presence:
        """Who came: what a decode would have answered, until it expires, to this institution alone.

        It uses the request's nonce up, because the answer may hold a name and a number. Raises PresenceNotFound,
        PresenceExpired, what `Card.require_usable` raises, MandateEnded, SignatureReplayed.
        """
        now = self.clock()
        arrival = self.store.find_arrival(institution.id, presence_id) if _ID.match(presence_id) else None
        if arrival is None:
            raise PresenceNotFound
        usage = self._use(arrival, now)
        if usage is None:
            raise PresenceExpired
        card = self.cards.known(arrival.card_id)
        card.require_usable()
        if usage.relative:
            self.mandates().standing(reference(usage.relative.mandate_id), Action.CARDS)
        self.institutions.once(institution)
        return self.attesting.presence(card, usage, now)

    def _standing(self, asking: Asking, arrival_id: str, now: datetime) -> Arrival | None:
        arrival = self.store.find_arrival(asking.counter.institution_id, arrival_id)
        return arrival if arrival and self._use(arrival, now) else None

    def _use(self, arrival: Arrival, now: datetime) -> Usage | None:
        """The use behind an arrival while that lasts; a use that the holder disowned lasts no longer."""
        if arrival.expires_at <= now:
            return None
        usage = self.usages.find(arrival.person_id, arrival.usage_id)
        return usage if usage and not usage.disputed_at else None


def _arrival(asking: Asking, citizen: Citizen, card: Card, now: datetime) -> Arrival:
    return Arrival(
        id=new_id("prs", now),
        institution_id=asking.counter.institution_id,
        counter_id=asking.counter.id,
        office_id=asking.counter.office_id,
        device_id=asking.counter.device_id,
        business_type=asking.counter.business_type,
        holder=card.holder,
        person_id=card.person_id,
        card_id=card.id,
        usage_id=new_id("use", now),
        citizen_id=citizen.id,
        arrived_at=now,
        expires_at=now + PRESENCE_LIFE,
    )


def _usage(arrival: Arrival, asking: Asking, relative: Relative | None) -> Usage:
    counter = asking.counter
    return Usage(
        id=arrival.usage_id,
        kind=Kind.COUNTER,
        card_id=arrival.card_id,
        institution_id=counter.institution_id,
        institution_name=asking.institution_name,
        key_id=counter.key_id,
        business_type=counter.business_type,
        attributes=ERRANDS[counter.business_type].attributes,
        terminal=Terminal(office_id=counter.office_id, device_id=counter.device_id, request=counter.id),
        signature=counter.id,  # nobody signed: the code stands for the request that put it up
        decoded_at=arrival.arrived_at,
        presence_id=arrival.id,
        shown_by=arrival.citizen_id,
        relative=relative,
    )


def _relative(citizen: Citizen, card_id: str) -> Relative | None:
    mandate_id = citizen.account.wallet[card_id].mandate_id
    return Relative(mandate_id=mandate_id, holder=citizen.account.holder or "*") if mandate_id else None
