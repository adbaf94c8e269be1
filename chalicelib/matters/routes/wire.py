"""What the wire says of service items: bodies, queries and answers. Pure models; knows no service."""

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.types import Fen, Moment, Wire


class WordsOf(Wire):
    """A text in both languages."""

    zh: str
    en: str


class OfficeView(Wire):
    """A department, or whoever else keeps what a material says."""

    id: str
    name: WordsOf


class MaterialView(Wire):
    """A material: `api` is fetched from its source or proven by the face, `paper` is still asked of the citizen.

    `fact` names what is fetched; `asked` says of whom it is asked where not of everybody, `why` why it is paper.
    """

    id: str
    name: WordsOf
    source: OfficeView
    by: Literal["api", "paper"]
    fact: str | None
    exempt: WordsOf | None
    why: WordsOf | None


class TallyView(Wire):
    """So many materials, so many of them still paper, and that in per cent (rounded up)."""

    materials: int
    api: int
    paper: int
    gap_percent: int


class UsageView(Wire):
    """What decided cases came to: how many, how many materials were fetched for them, how many they brought."""

    decided: int
    spared: int
    on_paper: int


class TermsView(Wire):
    """How much money may be applied for: in each period of so many months, once."""

    quota_fen: int
    months: int


class MatterView(Wire):
    """A service item. Days are calendar days, null where the law names none; `trips`: how often one must come."""

    id: str
    code: str
    name: WordsOf
    department: OfficeView
    legal_basis: WordsOf
    statutory_days: int | None
    promised_days: int | None
    trips: int
    online: bool
    terms: TermsView | None
    materials: list[MaterialView]
    tally: TallyView


class MatterList(Wire):
    """Every service item; they fit one page."""

    items: list[MatterView]
    cursor: None = None


class MatterGap(Wire):
    """One item in the ledger."""

    id: str
    code: str
    name: WordsOf
    department: OfficeView
    materials: list[MaterialView]
    tally: TallyView
    usage: UsageView


class SourceGap(Wire):
    """One department in the ledger: what is asked of citizens although it keeps it."""

    department: OfficeView
    tally: TallyView


class OnceOnlyLedger(Wire):
    """Which material each item still asks for on paper, from which department; and what real cases were spared."""

    tally: TallyView
    usage: UsageView
    departments: list[SourceGap]
    items: list[MatterGap]


class ApplyForMatter(Wire):
    """An application for oneself, on the caller's face verification; without an amount for as much as is allowed.

    Without `verificationId` what this session proved before serves, if it still does.
    """

    verification_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    amount_fen: Annotated[Fen, Field(ge=1)] | None = None


ShownStatus = Literal[
    "submitted",
    "gathering",
    "deferred",
    "review",
    "approved",
    "ordered",
    "paid",
    "rejected",
    "refused",
    "abandoned",
]


class AppliedView(Wire):
    """An application on its way; ask for it again after `interval` seconds."""

    id: str
    status: ShownStatus
    interval: int


class WhyView(WordsOf):
    """Why it was refused, or is looked at by a person."""

    code: str


class PaidView(Wire):
    """Where the money went: one's own account, as the payer names it."""

    bank: str
    account_masked: str
    paid_at: Moment


class ApplicationView(Wire):
    """An application. `dueBy` is the law's time to decide, `overdue` that it is over; `amountFen` what was decided.

    `fetched` and `onPaper` count the materials of this very case, `trips` how often the citizen had to come.
    `appeal` says what can be done against a refusal.
    """

    id: str
    matter_id: str
    matter_name: WordsOf
    status: ShownStatus
    submitted_at: Moment
    due_by: Moment | None
    overdue: bool
    decided_at: Moment | None
    asked_fen: int | None
    amount_fen: int | None
    fetched: int
    on_paper: int
    trips: int
    consent_id: str | None
    reason: WhyView | None
    appeal: WordsOf | None
    payment: PaidView | None


class ApplicationList(Wire):
    """My applications, newest first."""

    items: list[ApplicationView]
    cursor: str | None


class PageOf(Wire):
    """Where a list goes on, and by how much."""

    cursor: Annotated[str, Field(max_length=1024)] | None = None
    limit: Annotated[int, Field(ge=1, le=100)] = 20
