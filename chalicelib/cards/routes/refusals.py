"""Which refusals a route about cards may answer with, by what they are about: for the API's own description."""

from chalicelib.cards.errors import (
    BankAccountInactive,
    BankAccountMissing,
    BureauAnswerStale,
    CardAlreadyBound,
    CardBusy,
    CardCancelled,
    CardHeldByBureau,
    CardLocked,
    CardNotFound,
    CardNotOwn,
    CardSuspended,
    CardTransitionRefused,
    CardUnlinked,
    PersonNotInsured,
    PhoneNotMatched,
    PhysicalCardCancelled,
    PhysicalCardLocked,
    PhysicalCardLost,
)
from chalicelib.errors import Unavailable
from chalicelib.exchange.errors import AnswerNotTrusted, DepartmentUnavailable
from chalicelib.identity.errors import FACE_REFUSALS, PROOF_REFUSALS, IdentityMismatch, PersonDeceased
from chalicelib.mandates.errors import MANDATE_REFUSALS

DEPARTMENT = (AnswerNotTrusted, DepartmentUnavailable, Unavailable)
PERSON = (
    BureauAnswerStale,
    IdentityMismatch,
    PersonDeceased,
    PersonNotInsured,
    PhysicalCardCancelled,
    PhysicalCardLocked,
    PhysicalCardLost,
)
STOPPED = (CardSuspended, CardLocked, CardUnlinked, CardCancelled)
ENDED = (CardNotFound, CardUnlinked, CardCancelled)
UNUSABLE = (CardSuspended, CardLocked, *ENDED)
BINDING = (CardAlreadyBound, CardBusy, *MANDATE_REFUSALS, *PERSON, *DEPARTMENT, *PROOF_REFUSALS)
SUSPENDING = (CardBusy, *ENDED, *MANDATE_REFUSALS)
RESUMING = (CardBusy, CardHeldByBureau, CardNotOwn, *ENDED, *FACE_REFUSALS)
UNLINKING = (CardBusy, CardNotFound, *FACE_REFUSALS)
UNLINKING_BANK = (CardBusy, CardHeldByBureau, CardNotOwn, CardTransitionRefused, *ENDED)
LINKING_BANK = (
    BankAccountInactive,
    BankAccountMissing,
    IdentityMismatch,
    PhoneNotMatched,
    *UNLINKING_BANK,
    *DEPARTMENT,
    *FACE_REFUSALS,
)
