"""Whose medical insurance shares a fee: the patient's, if the card that the slot was held with can be used now."""

from dataclasses import dataclass

from chalicelib.appointments.model.appointment import Appointment
from chalicelib.cards.errors import CardNotFound, CardNotUsable
from chalicelib.cards.service.cards import Cards
from chalicelib.identity.model.accounts import Citizen
from chalicelib.mandates.errors import ActionNotMandated, MandateEnded, MandateNotFound
from chalicelib.mandates.model.mandates import Action
from chalicelib.payments.model import Insured
from chalicelib.platform.keys import Sealer

_NOT_NOW = (CardNotFound, CardNotUsable, MandateNotFound, MandateEnded, ActionNotMandated)


@dataclass(frozen=True, slots=True)
class InsuredPatients:
    """Opens a card's number for the insurer alone."""

    cards: Cards
    sealer: Sealer

    def of(self, citizen: Citizen, appointment: Appointment) -> Insured | None:
        """The patient as the insurer knows them; None where the card cannot be used now. Raises Unavailable."""
        try:
            card = self.cards.usable(citizen, appointment.card_id, Action.APPOINTMENTS)
        except _NOT_NOW:
            return None
        number = self.sealer.open(card.number_sealed, {"card": card.id})["number"]
        return Insured(person_id=card.person_id, card_number=number, region=card.region)
