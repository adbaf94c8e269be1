"""The errand as scenarios: each use-case of it, with everything before it done undisturbed.

What a scenario spares, it says why; nothing else may differ from the undisturbed run.
"""

from datetime import timedelta

from tests.faults.errand import Act, Errand, Scenario
from tests.faults.scenarios.card import (
    bind_card,
    complete_scan,
    decode,
    log_in,
    open_scan,
    scan_face,
    show_code,
)
from tests.faults.scenarios.clinic import (
    be_rejected,
    cancel,
    download,
    find_slot,
    hold,
    let_the_hospital_wait,
    lose_the_slot,
    open_payment,
    outlast_the_hold,
    pay,
    pay_at_the_last_moment,
    pay_silently,
    request_certificate,
)
from tests.faults.scenarios.house import open_the_house
from tests.faults.scenarios.looks import see_appointments, see_cards, see_certificates
from tests.faults.state import Detour, Spare

_SCAN = Spare(
    r'"kind": "outside: scan"|"VERIFICATION#face_<id>',
    "a scan opened for a request whose answer was lost is never looked into, and expires",
)
_USAGE = Spare(r"USAGE#", "a department that was asked again is on the record again: it did answer twice")
_NONCE = Spare(r"NONCE#", "an institution signs a repetition anew; the nonce expires after ten minutes")

_DOUBT = Detour(
    "ORDER#", "unknown", "an order whose trade got no answer is in doubt until it has been asked for"
)

_TRIES = Detour(
    "ORDER#",
    "unknown",
    "a refund whose outcome is unknown is tried again under the same number, and the tries are counted",
    counts=("version", "refund_tries"),
)

_SESSION = Detour(
    "CITIZEN#",
    "",
    "a login whose answer was lost leaves a session whose token nobody has; it ends by itself",
    counts=("sessions",),
)


def after(*parts: Act) -> Act:
    """One part made of several."""

    def act(errand: Errand) -> None:
        for part in parts:
            part(errand)
            errand.rest()

    return act


_LOGGED_IN = (open_the_house, log_in)
_VERIFIED = (*_LOGGED_IN, open_scan, scan_face, complete_scan)
_BOUND = (*_VERIFIED, bind_card)
_HELD = (*_BOUND, find_slot, hold)
_PAYABLE = (*_HELD, open_payment)
_BOOKED = (*_PAYABLE, pay)

SCENARIOS = (
    Scenario("log in", after(open_the_house), log_in, detours=(_SESSION,)),
    Scenario("open face scan", after(*_LOGGED_IN), open_scan, spares=(_SCAN,)),
    Scenario("open face scan, no key", after(*_LOGGED_IN), open_scan, spares=(_SCAN,), keyed=False),
    Scenario("complete face scan", after(*_LOGGED_IN, open_scan, scan_face), complete_scan),
    Scenario("bind card", after(*_VERIFIED), bind_card, look=see_cards, spares=(_USAGE,)),
    Scenario("bind card, no key", after(*_VERIFIED), bind_card, spares=(_USAGE,), keyed=False),
    Scenario("show code", after(*_BOUND), show_code),
    Scenario("decode", after(*_BOUND, show_code), decode, spares=(_NONCE,)),
    Scenario("find slot", after(*_BOUND), find_slot),
    Scenario("hold", after(*_BOUND, find_slot), hold, look=see_appointments),
    Scenario("open payment", after(*_HELD), open_payment, look=see_appointments, detours=(_DOUBT,)),
    Scenario("open payment, no key", after(*_HELD), open_payment, keyed=False, detours=(_DOUBT,)),
    Scenario(
        "pay and be booked", after(*_PAYABLE), pay, look=see_appointments, spares=(_NONCE,), detours=(_DOUBT,)
    ),
    Scenario(
        "cancel and be refunded",
        after(*_BOOKED, let_the_hospital_wait),
        cancel,
        look=see_appointments,
        detours=(_TRIES,),
    ),
    Scenario(
        "be rejected and refunded",
        after(*_PAYABLE, let_the_hospital_wait, pay),
        be_rejected,
        look=see_appointments,
        spares=(_NONCE,),
        detours=(_TRIES,),
    ),
    Scenario(
        "pay silently",
        after(*_PAYABLE, let_the_hospital_wait),
        pay_silently,
        look=see_appointments,
        detours=(_DOUBT,),
    ),
    Scenario(
        "pay at the last moment",
        after(*_PAYABLE, let_the_hospital_wait),
        pay_at_the_last_moment,
        look=see_appointments,
        detours=(_DOUBT,),
    ),
    Scenario(
        "pay for a lost slot", after(*_PAYABLE, lose_the_slot), pay, look=see_appointments, detours=(_TRIES,)
    ),
    Scenario("let a hold run out", after(*_HELD), outlast_the_hold, look=see_appointments, detours=(_DOUBT,)),
    Scenario(
        "let a payment run out", after(*_PAYABLE), outlast_the_hold, look=see_appointments, detours=(_DOUBT,)
    ),
    Scenario(
        "certificate",
        after(*_VERIFIED),
        request_certificate,
        timedelta(minutes=12),
        look=see_certificates,
        spares=(_USAGE,),
    ),
    Scenario("download", after(*_VERIFIED, request_certificate), download),
)
