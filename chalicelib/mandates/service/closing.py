"""How a mandate ends: revoked by either side at once, or closed by the sweep after its time.

Nothing waits for the sweep: whoever asks for a mandate after its end is refused, and its slot is free.
"""

from dataclasses import dataclass

from chalicelib.errors import Unavailable
from chalicelib.identity.model.accounts import Citizen
from chalicelib.identity.service.wallets import Wallets
from chalicelib.mandates.model.mandates import Mandate, MandateStatus, Side, reference
from chalicelib.mandates.service.mandates import Mandates
from chalicelib.mandates.store import Changed, MandateStore
from chalicelib.platform import log
from chalicelib.platform.clock import Clock, while_time_lasts
from chalicelib.platform.dynamo import Write, transact
from chalicelib.platform.rounds import rounds

_ROUNDS = 4
"""How often a mandate is looked at again because somebody changed it, or its family, meanwhile."""


@dataclass(frozen=True, slots=True)
class Closing:
    """The ends of mandates."""

    store: MandateStore
    mandates: Mandates
    wallets: Wallets
    clock: Clock

    def revoke(self, citizen: Citizen, mandate_id: str) -> None:
        """End a mandate in which the caller has a part; one that is over already stays as it is.

        The very next thing that its agent tries is refused. Raises MandateNotFound, Unavailable.
        """
        mandate = self.mandates.get(citizen, mandate_id)
        self._close(mandate, "revoke", mandate.side(citizen.account.person_id))

    def sweep(self) -> None:
        """Close the mandates whose time is over, and tell both sides."""
        for mandate in while_time_lasts(self.store.due(self.clock()), self.clock):
            self._close(mandate, "end", None)

    def end_all(self, person_id: str) -> None:
        """End every mandate of somebody who died, on either side of it. Raises Unavailable."""
        family = self.store.family(person_id)
        acting = (self.store.find(reference(each.mandate_id)) for each in family.claimed.values())
        for mandate in (*self.store.represented(person_id), *(each for each in acting if each)):
            self._close(mandate, "end", None)

    def _close(self, mandate: Mandate, event: str, by: Side | None) -> None:
        for _ in rounds(_ROUNDS):
            due = mandate.status is MandateStatus.ACTIVE and (event == "end" or self._stands(mandate))
            if not due:
                return
            try:
                transact(self._closing(mandate, event, by))
            except Changed:
                mandate = self.store.find(reference(mandate.id)) or mandate
                continue
            log.event("mandate.closed", mandate=mandate.id, outcome=event)
            return
        raise Unavailable

    def _stands(self, mandate: Mandate) -> bool:
        return mandate.status_at(self.clock()) is MandateStatus.ACTIVE

    def _closing(self, mandate: Mandate, event: str, by: Side | None) -> list[Write]:
        """The mandate's end, its slot if it still has it, and the card that its agent carries by it."""
        writes = self.store.close(mandate, event, by, self.clock())
        left = self.store.family(mandate.agent_person_id).released(mandate)
        if left:
            writes.append(self.store.keep_family(mandate.agent_person_id, left))
        if mandate.card_id and self._carried(mandate, mandate.card_id):
            writes.append(self.wallets.drop(mandate.agent_citizen_id, mandate.card_id, mandate.id))
        return writes

    def _carried(self, mandate: Mandate, card_id: str) -> bool:
        """Whether the card lies in the wallet by this very mandate: a later one may have brought it again."""
        entry = self.wallets.entry(mandate.agent_citizen_id, card_id)
        return entry is not None and entry.mandate_id == mandate.id
