"""What the rules make of what the departments said. Pure: the same facts give the same decision."""

from collections.abc import Mapping
from typing import Literal

from chalicelib.certificates.model.facts import Facts, Told
from chalicelib.certificates.model.labels import Reason
from chalicelib.certificates.model.rules import told as value_at
from chalicelib.matters.model.items import ServiceItem, Terms
from chalicelib.types import Fen, Model

ASKED = "application"
"""What the citizen asks for, as a fact of its own among the departments': so that its rules are data too."""

Verdict = Literal["approve", "reject", "look"]


class Asked(Model):
    """What the citizen asks for, None for as much as can be had; whether they were given some in this period."""

    fen: Fen | None
    first_in_period: bool


class Decision(Model):
    """A verdict and why; how much; how many materials were fetched, and how many are asked on paper."""

    verdict: Verdict
    amount_fen: Fen
    reason: Reason | None = None
    fetched: int
    on_paper: int


def decide(item: ServiceItem, terms: Terms, told: Facts, asked: Asked) -> Decision:
    """Refuse by the first rule that does not hold, else let a person look where the item says so, else approve."""
    amount = most(terms, told) if asked.fen is None else asked.fen
    facts = {**told, ASKED: _asked(terms, told, asked, amount)}
    refusal = item.refusal(facts)
    review = None if refusal else item.needs_review(facts)
    wanted = [each for each in item.materials if each.asked(facts)]
    return Decision(
        verdict="reject" if refusal else "look" if review else "approve",
        amount_fen=amount,
        reason=refusal or review,
        fetched=sum(each.by == "api" for each in wanted),
        on_paper=sum(each.by == "paper" for each in wanted),
    )


def most(terms: Terms, told: Facts) -> int:
    """The most that the terms and the balance allow."""
    return max(0, min(terms.quota_fen, _balance(terms, told)))


def _asked(terms: Terms, told: Facts, asked: Asked, amount: int) -> Mapping[str, Told]:
    return {
        "firstInPeriod": asked.first_in_period,
        "amountFen": amount,
        "withinQuota": amount <= terms.quota_fen,
        "withinBalance": amount <= _balance(terms, told),
    }


def _balance(terms: Terms, told: Facts) -> int:
    balance = value_at(told, terms.balance)
    return balance if type(balance) is int else 0
