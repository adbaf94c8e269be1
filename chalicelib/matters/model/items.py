"""A service item (政务服务事项): who decides it, by which rules, within which time, and what it asks for. Pure data.

A material is "api" where the exchange fetches the fact behind it, or the face scan proves it: the citizen brings
nothing. It is "paper" where nobody can fetch it yet: that is the gap, and the ledger counts it.
"""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from chalicelib.certificates.model.facts import Facts
from chalicelib.certificates.model.labels import Data, Label, Reason
from chalicelib.certificates.model.rules import Rule, first_broken
from chalicelib.types import Fen

By = Literal["api", "paper"]
Days = Annotated[int, Field(ge=0, le=366)]


class Office(Data):
    """A department, by the id under which the exchange knows it (or would), and its name."""

    id: str
    name: Label


class Material(Data):
    """One of the materials (申请材料) that an item asks for: which department keeps what it says, and how it comes.

    `when`: it is asked of those only of whom this holds. `why`: why it is still asked on paper. An id of `source` is
    the exchange's, or what it would be.
    """

    id: str
    name: Label
    source: Office
    fact: str | None = None
    face: bool = False
    when: Rule | None = None
    why: Label | None = None

    @property
    def by(self) -> By:
        """How it comes: fetched from its department, or still brought by the citizen."""
        return "api" if self.fact or self.face else "paper"

    def asked(self, facts: Facts) -> bool:
        """Whether it is asked of whom these facts are about."""
        return self.when is None or self.when.met(facts)


class Terms(Data):
    """How much may be withdrawn: so much for each month of a period, once in each; never more than the `balance`.

    `balance` is where a fact tells it, in fen: `<fact>.<field>`.
    """

    balance: str
    monthly_quota_fen: Fen
    months: Literal[1, 3, 12]

    @property
    def quota_fen(self) -> int:
        """The most that one period allows."""
        return self.monthly_quota_fen * self.months


class Withdrawal(Data):
    """What an item needs that is applied for here and ends with money: terms, who asks, and what the payer may say.

    `client` is the deciding department's own name in the exchange (X-Road): the citizen sees it in the usage log.
    `refusals` are the payer's reasons, by its codes; `otherwise` is for a code nobody has heard of.
    """

    terms: Terms
    client: str
    payer_id: str
    mismatch: Reason
    consent_ended: Reason
    review_refused: Reason
    refusals: dict[str, Reason]
    otherwise: Reason
    appeal: Label
    """What the citizen can do against a refusal, whatever its reason."""


class ServiceItem(Data):
    """One service item. Days are calendar days from the application; null where the law names none.

    `trips` is how often a citizen still has to come in person.
    """

    id: str
    code: str
    name: Label
    department: Office
    legal_basis: Label
    materials: tuple[Material, ...]
    statutory_days: Days | None
    promised_days: Days | None
    trips: Annotated[int, Field(ge=0, le=9)]
    rules: tuple[Rule, ...] = ()
    review: tuple[Rule, ...] = ()
    """Where one of these does not hold, a person looks before anything is decided."""
    withdrawal: Withdrawal | None = None

    @property
    def online(self) -> bool:
        """Whether it can be applied for here."""
        return self.withdrawal is not None

    def terms_of(self) -> Withdrawal:
        """What it needs to be applied for here. Raises LookupError for an item that is not."""
        if self.withdrawal is None:
            raise LookupError(self.id)
        return self.withdrawal

    def needs(self) -> Iterator[tuple[str, str]]:
        """Which facts its materials come from, each once: department and fact."""
        yield from dict.fromkeys((each.source.id, each.fact) for each in self.materials if each.fact)

    def looks_at(self) -> dict[str, set[str]]:
        """Which fields of which facts it looks at."""
        conditions = [*self.rules, *self.review, *(each.when for each in self.materials if each.when)]
        paths = [each.value for each in conditions]
        paths += [self.withdrawal.terms.balance] if self.withdrawal else []
        found: dict[str, set[str]] = {}
        for fact, _, field in (path.partition(".") for path in paths):
            found.setdefault(fact, set()).add(field)
        return found

    def reads(self, fact: str) -> set[str]:
        """Which fields of a fact it looks at."""
        return self.looks_at().get(fact, set())

    def refusal(self, facts: Facts) -> Reason | None:
        """The reason of the first rule that does not hold."""
        return first_broken(self.rules, facts)

    def needs_review(self, facts: Facts) -> Reason | None:
        """Why a person must look, if so."""
        return first_broken(self.review, facts)
