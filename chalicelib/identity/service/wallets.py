"""What an account carries, as write intents: committed by the step that gives a card or takes it away."""

from dataclasses import dataclass

from chalicelib.identity.model.accounts import Citizen, WalletEntry
from chalicelib.identity.model.persons import Person
from chalicelib.identity.store.accounts import AccountStore
from chalicelib.platform.dynamo import Write


@dataclass(frozen=True, slots=True)
class Wallets:
    """Accounts' wallets."""

    store: AccountStore

    def own(self, citizen: Citizen, card_id: str, entry: WalletEntry, person: Person) -> Write:
        """The person's own card comes into the caller's wallet; from then on the account is this person's.

        Refused with Contended where it became somebody's since the caller was recognised.
        """
        whose = {"person_id": person.id, "holder": person.holder, "number_masked": person.number_masked}
        return self.store.own(citizen.account, card_id, entry, whose)

    def carry(
        self, citizen_id: str, card_id: str, entry: WalletEntry, instead_of: str | None = None
    ) -> Write:
        """A card comes into the wallet, in place of another, or its entry is brought up to date."""
        return self.store.carry(citizen_id, card_id, entry, instead_of)

    def drop(self, citizen_id: str, card_id: str, mandate_id: str | None = None) -> Write:
        """A card leaves the wallet; with `mandate_id` only if it lies there by that mandate, else Unavailable."""
        return self.store.drop(citizen_id, card_id, mandate_id)

    def bearer(self, citizen_id: str) -> Citizen | None:
        """An account with its wallet, for what is done in its name while nobody is there."""
        account = self.store.find(citizen_id)
        return Citizen(id=citizen_id, session_id="", account=account) if account else None

    def entry(self, citizen_id: str, card_id: str) -> WalletEntry | None:
        """How a card lies in the wallet this moment, if it does."""
        account = self.store.find(citizen_id)
        return account.wallet.get(card_id) if account else None
