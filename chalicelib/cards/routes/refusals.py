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
from chalicelib.identity.errors import (
    FaceNotPassed,
    FacePending,
    FaceRequired,
    IdentityMismatch,
    PersonDeceased,
    ReceiptInvalid,
    VerificationExpired,
    VerificationNotFound,
    VerificationPerson,
    VerificationPurpose,
    VerificationSession,
)
from chalicelib.mandates.errors import ActionNotMandated, MandateEnded, MandateNotFound

VERIFICATION = (
    FaceNotPassed,
    FacePending,
    ReceiptInvalid,
    VerificationExpired,
    VerificationNotFound,
    VerificationPerson,
    VerificationPurpose,
    VerificationSession,
)
FACE = (FaceRequired, *VERIFICATION)
MANDATE = (ActionNotMandated, MandateEnded, MandateNotFound)
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
ENDED = (CardNotFound, CardUnlinked, CardCancelled)
UNUSABLE = (CardSuspended, CardLocked, *ENDED)
BINDING = (CardAlreadyBound, CardBusy, *MANDATE, *PERSON, *DEPARTMENT, *VERIFICATION)
SUSPENDING = (CardBusy, *ENDED, *MANDATE)
RESUMING = (CardBusy, CardHeldByBureau, CardNotOwn, *ENDED, *FACE)
UNLINKING = (CardBusy, CardNotFound, *FACE)
UNLINKING_BANK = (CardBusy, CardHeldByBureau, CardNotOwn, CardTransitionRefused, *ENDED)
LINKING_BANK = (
    BankAccountInactive,
    BankAccountMissing,
    IdentityMismatch,
    PhoneNotMatched,
    *UNLINKING_BANK,
    *DEPARTMENT,
    *FACE,
)
