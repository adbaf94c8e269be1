"""Several facts about one person, asked for together, and what came of it. Pure data."""

from enum import StrEnum

from pydantic import Field

from chalicelib.exchange.model.departments import CLIENT
from chalicelib.exchange.model.facts import Fact, Question, Subject, request_id
from chalicelib.exchange.model.usages import Basis
from chalicelib.types import Model


class Ask(Model):
    """One fact, and the department that keeps it. `claims`: see `Question`."""

    department_id: str
    fact: str
    claims: dict[str, str] = Field(default_factory=dict, repr=False)


class Inquiry(Model):
    """Facts about one person for one purpose within one case. Names of facts differ from each other.

    With `consent_id` the consent must stand and cover all of it; without, `basis` says by what other right.
    `user` is whoever set `client` asking (X-Road's user id), by an id of ours.
    """

    subject: Subject
    purpose: str
    case_id: str
    asks: tuple[Ask, ...]
    consent_id: str | None = None
    client: str = CLIENT
    basis: Basis = Basis.REQUEST
    user: str | None = None

    def id_of(self, ask: Ask) -> str:
        """The id of this question within its case."""
        return request_id(ask.department_id, ask.fact, self.case_id)

    def question(self, ask: Ask) -> Question:
        """The question that goes to the department."""
        return Question(
            request_id=self.id_of(ask),
            department_id=ask.department_id,
            fact=ask.fact,
            subject=self.subject,
            purpose=self.purpose,
            case_id=self.case_id,
            client=self.client,
            user=self.user,
            claims=ask.claims,
        )


class MissingKind(StrEnum):
    """Why a fact is not there. Each may be asked for again, with the same id."""

    SLOW = "slow"
    """The department's time, or that of the whole inquiry, was over."""
    DOWN = "down"
    """It cannot be reached, or failed so often lately that it is left in peace."""
    REFUSED = "refused"
    """It answers, and says that it will not answer this."""
    PENDING = "pending"
    """It works on the answer."""
    DISTRUSTED = "distrusted"
    """What came is not its signed answer to this question."""
    NOT_CONNECTED = "not-connected"
    """Nobody connected this department."""


class Missing(Model):
    """A fact that is not there yet; asking again makes sense in `retry_after` seconds."""

    kind: MissingKind
    retry_after: int = Field(ge=1)


class Gathered(Model):
    """What came of an inquiry: every fact that was asked for is in one of the two, by its name."""

    facts: dict[str, Fact]
    missing: dict[str, Missing]
