"""The whole errand, and its steps in their order. It must not know how they are shown."""

from collections.abc import Callable

from sandbox.journey.appointment import AppointmentSteps
from sandbox.journey.books import BooksStep
from sandbox.journey.card import CardSteps
from sandbox.journey.certificate import CertificateSteps
from sandbox.journey.changes import ChangeSteps
from sandbox.journey.family import FamilySteps
from sandbox.journey.insurance import InsuranceSteps
from sandbox.journey.sharing import SharingSteps
from sandbox.journey.stopped import StoppedSteps
from sandbox.journey.usage import UsageSteps
from sandbox.journey.verification import VerificationSteps
from sandbox.journey.waiting import WaitingSteps
from sandbox.journey.withdrawal import WithdrawalSteps


class Errand(
    CardSteps,
    FamilySteps,
    ChangeSteps,
    StoppedSteps,
    InsuranceSteps,
    WaitingSteps,
    AppointmentSteps,
    BooksStep,
    CertificateSteps,
    VerificationSteps,
    WithdrawalSteps,
    SharingSteps,
    UsageSteps,
):
    """Everything that one citizen does in a run."""


STEPS: dict[str, Callable[[Errand], str]] = {
    "login": Errand.login,
    "face": Errand.face,
    "bind-card": Errand.bind_card,
    "show-code": Errand.show_code,
    "decode": Errand.decode,
    "suspend": Errand.suspend,
    "refused-while-suspended": Errand.refused_while_suspended,
    "resume": Errand.resume,
    "family-card": Errand.family_card,
    "find-slot": Errand.find_slot,
    "hold": Errand.hold,
    "pay": Errand.pay,
    "confirm": Errand.confirm,
    "reschedule": Errand.reschedule,
    "cancel-with-refund": Errand.cancel_with_refund,
    "late-payment-refund": Errand.late_payment_refund,
    "clinic-stopped-refund": Errand.clinic_stopped_refund,
    "mixed-settlement": Errand.mixed_settlement,
    "waitlist-fulfilled": Errand.waitlist_fulfilled,
    "reconciled": Errand.reconciled,
    "request-certificate": Errand.request_certificate,
    "certificate-issued": Errand.certificate_issued,
    "download": Errand.download,
    "four-certificates": Errand.four_certificates,
    "verify": Errand.verify,
    "share": Errand.share,
    "usage-log": Errand.usage_log,
    "provident-fund": Errand.provident_fund,
    "revoke": Errand.revoke,
    "verify-revoked": Errand.verify_revoked,
    "not-me": Errand.not_me,
}
"""`not-me` is the last one: it leaves the card suspended. A step that books besides keeps `appointment` as it was."""
