"""The usage log: who read one's card, and the one word against it: that was not me."""

from collections.abc import Callable
from dataclasses import dataclass

from chalicelib.cards.errors import UsageNotFound
from chalicelib.cards.model.card import Card, Hold
from chalicelib.cards.model.usage import Usage
from chalicelib.cards.service.cards import Cards
from chalicelib.cards.service.changing import settled
from chalicelib.cards.service.life import Life
from chalicelib.cards.store.usages import UsageStore
from chalicelib.identity.model.accounts import Citizen
from chalicelib.institutions.service.institutions import Institutions
from chalicelib.mandates.errors import ActionNotMandated
from chalicelib.mandates.model.mandates import Action
from chalicelib.mandates.service.mandates import Mandates
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.cursor import Cursors
from chalicelib.platform.dynamo import transact
from chalicelib.platform.outbox import message


@dataclass(frozen=True, slots=True)
class Usages:
    """Uses of one's card. `mandates` is made on first use: most people ask for their own."""

    store: UsageStore
    cards: Cards
    life: Life
    institutions: Institutions
    mandates: Callable[[], Mandates]
    cursors: Cursors
    clock: Clock

    def list_of(
        self, citizen: Citizen, mandate_id: str | None, limit: int, cursor: str | None
    ) -> tuple[list[Usage], str | None]:
        """The uses of the caller's own card or, by a mandate, of the family member's, newest first.

        Whatever an institution was answered is there from that moment on. Within a page the order is by the moment
        of use, from page to page by that of the code's making, which lies a minute before it, or a day for an offline
        code. Raises Invalid for a foreign cursor, MandateNotFound, MandateEnded, ActionNotMandated.
        """
        person_id = self._person(citizen, mandate_id, Action.USAGE_LOG)
        if person_id is None:
            return [], None
        scope = f"usages:{person_id}"
        found, last = self.store.list_of(person_id, limit, self.cursors.open(scope, cursor))
        newest_first = sorted(found, key=lambda usage: usage.at, reverse=True)
        return newest_first, self.cursors.seal(scope, last)

    def not_me(self, citizen: Citizen, mandate_id: str | None, usage_id: str) -> tuple[Usage, Card]:
        """The holder (or an agent for cards and the usage log) says: that was not me.

        One transaction: the entry is disputed, the card taken out of use, and the institution flagged with the key
        that asked. A card that is out of use already, or ended, stays as it is. Saying it again changes nothing.
        Raises UsageNotFound, MandateNotFound, MandateEnded, ActionNotMandated, CardBusy.
        """
        person_id = self._person(citizen, mandate_id, Action.USAGE_LOG, Action.CARDS)
        if person_id is None:
            raise UsageNotFound
        settled(lambda: self._dispute(citizen, person_id, usage_id))
        usage = self._known(person_id, usage_id)
        return usage, self.cards.known(usage.card_id)

    def _dispute(self, citizen: Citizen, person_id: str, usage_id: str) -> None:
        usage = self._known(person_id, usage_id)
        if usage.disputed_at:
            return
        now, card = self.clock(), self.cards.known(usage.card_id)
        told = message("notices", "notice.send", usage.id, citizen=citizen.id, kind="usage-disputed")
        transact(
            [
                self.store.dispute(person_id, usage.id, now, told),
                *self.life.suspension(card, Hold.NOT_ME),
                self.institutions.flag(usage.institution_id, usage.key_id, usage.id, now),
            ]
        )
        log.event(
            "usage.disputed",
            usage=usage.id,
            card=card.id,
            institution=usage.institution_id,
            key=usage.key_id,
            citizen=citizen.id,
        )
        log.measure("DisputedDecodes", 1)

    def _known(self, person_id: str, usage_id: str) -> Usage:
        usage = self.store.find(person_id, usage_id)
        if usage is None:
            raise UsageNotFound
        return usage

    def _person(self, citizen: Citizen, mandate_id: str | None, *actions: Action) -> str | None:
        """Whose log it is, if the caller may do all these actions there."""
        if mandate_id is None:
            return citizen.account.person_id
        first, *others = actions
        mandate = self.mandates().active(citizen, mandate_id, first)
        if not set(others) <= set(mandate.actions):
            raise ActionNotMandated
        return mandate.member_person_id
