"""One synthetic citizen, as data. It must not know how people are made up."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

CardStatus = Literal["active", "lost", "locked", "cancelled"]
Relation = Literal["parent", "spouse", "child"]

ADULT_AGE = 18


@dataclass(frozen=True, slots=True)
class Bank:
    """The bank account behind a social-security card."""

    name: str
    account_masked: str
    active: bool

    def view(self) -> dict[str, Any]:
        """The account as `GET /sandbox/people` shows it."""
        return {"name": self.name, "accountMasked": self.account_masked, "active": self.active}


@dataclass(frozen=True, slots=True)
class Kin:
    """A relative: what they are to the person, and whether a child is in the person's legal care."""

    relation: Relation
    user_id: str
    guardian: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """One synthetic citizen and what is on file about them."""

    user_id: str
    real_name: str
    id_number: str
    born_on: date
    sex: str
    insured: bool
    card_number: str
    card_status: CardStatus
    houses: int
    household_type: str
    household_relation: str
    address: str
    marital_status: str
    veteran: bool
    rural: bool
    veteran_since: date | None
    phone: str
    bank: Bank | None
    deceased: bool = False
    family: tuple[Kin, ...] = ()

    def age(self, on: date) -> int:
        """Whole years on that day."""
        return on.year - self.born_on.year - ((on.month, on.day) < (self.born_on.month, self.born_on.day))

    def kin(self, other: "Person") -> Kin | None:
        """What the other is to this person, or None."""
        return next((kin for kin in self.family if kin.user_id == other.user_id), None)

    def view(self) -> dict[str, Any]:
        """What stays the same about the person, as `GET /sandbox/people` shows it."""
        return {
            "userId": self.user_id,
            "realName": self.real_name,
            "idNumber": self.id_number,
            "insured": self.insured,
            "phone": self.phone,
            "bank": self.bank.view() if self.bank else None,
            "family": [{"relation": kin.relation, "userId": kin.user_id} for kin in self.family],
            "facts": self._facts(),
        }

    def _facts(self) -> dict[str, Any]:
        return {
            "birthDate": self.born_on.isoformat(),
            "sex": self.sex,
            "houses": self.houses,
            "household": self._household(),
            "maritalStatus": self.marital_status,
            "veteran": {
                "veteran": self.veteran,
                "rural": self.rural,
                "since": self.veteran_since.isoformat() if self.veteran_since else None,
            },
        }

    def _household(self) -> dict[str, Any]:
        return {
            "householdType": self.household_type,
            "address": self.address,
            "relation": self.household_relation,
        }
