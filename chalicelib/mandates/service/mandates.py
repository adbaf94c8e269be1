"""Whether somebody may act for somebody else now: asked by every room, answered with one read."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from chalicelib.identity.model.accounts import Citizen, WalletEntry
from chalicelib.identity.model.persons import Person
from chalicelib.identity.service.faces import Faces
from chalicelib.identity.service.wallets import Wallets
from chalicelib.mandates.errors import ActionNotMandated, MandateEnded, MandateNotFound
from chalicelib.mandates.model.mandates import Action, Mandate, MandateStatus, Relation, Side, reference
from chalicelib.mandates.store import MandateStore
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import Write


@dataclass(frozen=True, slots=True)
class Mandates:
    """Mandates as they stand."""

    store: MandateStore
    faces: Faces
    wallets: Wallets
    clock: Clock

    def active(self, citizen: Citizen, mandate_id: str, *actions: Action) -> Mandate:
        """A mandate by which the caller may do one of `actions` now; one consistent read.

        It is exercised in the account it was granted to, by the person it was granted to. Raises MandateNotFound
        (also for somebody else's), MandateEnded, ActionNotMandated.
        """
        mandate = self._known(mandate_id)
        theirs = (mandate.agent_citizen_id, mandate.agent_person_id)
        if theirs != (citizen.id, citizen.account.person_id):
            raise MandateNotFound
        return _covering(mandate, actions, self.clock())

    def standing(self, mandate_reference: str, action: Action) -> Mandate:
        """The mandate behind a family code, if its agent may do `action` now; one consistent read.

        Raises MandateNotFound, MandateEnded, ActionNotMandated.
        """
        mandate = self.store.find(mandate_reference)
        if mandate is None:
            raise MandateNotFound
        return _covering(mandate, (action,), self.clock())

    def carries(
        self, mandate: Mandate, citizen_id: str, card_id: str, card_reference: str, entry: WalletEntry
    ) -> list[Write]:
        """The agent's account carries the member's card from now on: the mandate learns which, the wallet gets it.

        A card that it carried before by this mandate, and that the member gave up since, leaves the wallet. Refused
        with Unavailable where the mandate changed since it was read: read it again.
        """
        former = mandate.card_id if mandate.card_id != card_id else None
        return [
            self.store.carries(mandate, card_id, card_reference),
            self.wallets.carry(citizen_id, card_id, entry, former),
        ]

    def person(self, mandate: Mandate) -> Person:
        """The member, with name and number: one KMS call. Raises MandateEnded: a closed one has lost them."""
        if mandate.sealed is None:
            raise ended(mandate)
        return self.faces.reveal(
            mandate.member_person_id, mandate.sealed, mandate.member_holder, mandate.member_number_masked
        )

    def get(self, citizen: Citizen, mandate_id: str) -> Mandate:
        """A mandate in which the caller has a part, whatever became of it. Raises MandateNotFound."""
        mandate = self._known(mandate_id)
        if mandate.side(citizen.account.person_id) is None:
            raise MandateNotFound
        return mandate

    def list_own(self, citizen: Citizen) -> list[Mandate]:
        """The mandates that stand in which the caller has a part: those they act by first, each in order of age."""
        person_id = citizen.account.person_id
        if person_id is None:
            return []
        now = self.clock()
        acting = self.store.family(person_id).standing(now).values()
        found = [self.store.find(reference(each)) for each in sorted(each.mandate_id for each in acting)]
        both = [each for each in found if each] + self.store.represented(person_id)
        return [each for each in both if each.status_at(now) is MandateStatus.ACTIVE]

    def used(self, citizen: Citizen) -> dict[Relation, int]:
        """How many members of each relation the caller has."""
        person_id = citizen.account.person_id
        if person_id is None:
            return dict.fromkeys(Relation, 0)
        family, now = self.store.family(person_id), self.clock()
        return {relation: family.used(relation, now) for relation in Relation}

    def _known(self, mandate_id: str) -> Mandate:
        mandate = self.store.find(reference(mandate_id))
        if mandate is None or mandate.id != mandate_id:
            raise MandateNotFound
        return mandate


def _covering(mandate: Mandate, actions: Collection[Action], now: datetime) -> Mandate:
    if mandate.status_at(now) is not MandateStatus.ACTIVE:
        raise ended(mandate)
    if not set(actions) & set(mandate.actions):
        raise ActionNotMandated
    return mandate


def ended(mandate: Mandate) -> MandateEnded:
    """How a mandate that is over came to its end."""
    match mandate.closed_by:
        case Side.AGENT:
            return MandateEnded("The agent gave it up.", "代办人已解除该授权。")
        case Side.MEMBER:
            return MandateEnded("The family member revoked it.", "家人已撤销该授权。")
        case _:
            return MandateEnded("Its time is over.", "授权期限已满。")
