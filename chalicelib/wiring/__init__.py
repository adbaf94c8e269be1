"""Where everything is put together: client -> table -> store / gateway -> service, each made once, on first use.

Nothing here runs at import, and what a part needs is imported with the part: a cold start pays for the one room that
is asked, and no function for the libraries of another's layer. Routes and `app.py` ask for services; services never
ask for their own parts.

One module per room (registration has two); everything is asked for by its name here.
"""

from chalicelib.wiring.appointments import (
    administer_registration,
    attending,
    booking,
    ending,
    looking,
    moving,
    paying,
    projection,
    sanctions,
    striking,
    sweeping,
)
from chalicelib.wiring.audit import audit
from chalicelib.wiring.cards import (
    attesting,
    banking,
    binding,
    cards,
    carrying,
    decoding,
    life,
    redeeming,
    showing,
    usages,
)
from chalicelib.wiring.cases import administer_cases, cases
from chalicelib.wiring.certificates import certificates, issuing, requesting, seal, statuses, verifying
from chalicelib.wiring.codes import code_books, offline_book, offline_keys
from chalicelib.wiring.counters import counters, licences, presences
from chalicelib.wiring.exchange import consents, exchange
from chalicelib.wiring.functions import (
    certificate_jobs,
    event_jobs,
    notice_jobs,
    payment_jobs,
    project_clinics,
    relay,
    sweep,
)
from chalicelib.wiring.identity import citizen, faces, persons, scans, sessions, wallets
from chalicelib.wiring.institutions import events, inbox, institution, institutions, terminal
from chalicelib.wiring.mandates import closing, family_slots, granting, mandates
from chalicelib.wiring.notices import notices
from chalicelib.wiring.payments import ledger, payments
from chalicelib.wiring.platform import (
    DOCUMENT_CHAIN,
    PAYMENT_APP_TRUST,
    TIME_STAMP_CHAIN,
    certificate_bucket,
    clinic_table,
    code_mac,
    core_table,
    cursors,
    idempotency,
    identity_mac,
    identity_sealer,
    outbound_signer,
    payment_app,
    payment_app_certificates,
    queues,
    routes,
    tokens,
)
from chalicelib.wiring.policies import administer_policies, policies, policy_versions
from chalicelib.wiring.reconciliation import reconcile, reconciling, settlements
from chalicelib.wiring.supply import (
    alternatives,
    desk,
    directory,
    importing,
    schedules,
    stopping,
)
from chalicelib.wiring.usage import recording, tracking
from chalicelib.wiring.waitlist import chances, matching, prepaying, waiting, waitlist_sweeping

__all__ = [
    "DOCUMENT_CHAIN",
    "PAYMENT_APP_TRUST",
    "TIME_STAMP_CHAIN",
    "administer_cases",
    "administer_policies",
    "administer_registration",
    "alternatives",
    "attending",
    "attesting",
    "audit",
    "banking",
    "binding",
    "booking",
    "cards",
    "carrying",
    "cases",
    "certificate_bucket",
    "certificate_jobs",
    "certificates",
    "chances",
    "citizen",
    "clinic_table",
    "closing",
    "code_books",
    "code_mac",
    "consents",
    "core_table",
    "counters",
    "cursors",
    "decoding",
    "desk",
    "directory",
    "ending",
    "event_jobs",
    "events",
    "exchange",
    "faces",
    "family_slots",
    "granting",
    "idempotency",
    "identity_mac",
    "identity_sealer",
    "importing",
    "inbox",
    "institution",
    "institutions",
    "issuing",
    "ledger",
    "licences",
    "life",
    "looking",
    "mandates",
    "matching",
    "moving",
    "notice_jobs",
    "notices",
    "offline_book",
    "offline_keys",
    "outbound_signer",
    "paying",
    "payment_app",
    "payment_app_certificates",
    "payment_jobs",
    "payments",
    "persons",
    "policies",
    "policy_versions",
    "prepaying",
    "presences",
    "project_clinics",
    "projection",
    "queues",
    "reconcile",
    "reconciling",
    "recording",
    "redeeming",
    "relay",
    "requesting",
    "routes",
    "sanctions",
    "scans",
    "schedules",
    "seal",
    "sessions",
    "settlements",
    "showing",
    "statuses",
    "stopping",
    "striking",
    "sweep",
    "sweeping",
    "terminal",
    "tokens",
    "tracking",
    "usages",
    "verifying",
    "waiting",
    "waitlist_sweeping",
    "wallets",
]
