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
    be_revoked,
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
from tests.faults.scenarios.family import (
    carry_card,
    grant,
    grant_for_child,
    let_the_mandate_end,
    request_their_certificate,
    revoke,
    scan_the_elder,
)
from tests.faults.scenarios.house import open_the_house
from tests.faults.scenarios.life import (
    be_decoded,
    hear_from_the_bureau,
    link_bank_account,
    log_out,
    log_out_everywhere,
    move_card,
    not_me,
    put_up_counter_code,
    redeem,
    refresh,
    resume,
    share_card,
    show_licence,
    show_offline_code,
    spend_twice,
    suspend,
    take_another_phone,
    unlink,
    unlink_bank_account,
)
from tests.faults.scenarios.looks import see_appointments, see_cards, see_certificates, see_the_revocation
from tests.faults.scenarios.visit import (
    be_missed,
    check_in,
    come_near,
    find_another_slot,
    find_slot_of_the_plan,
    give_part_back,
    plan_an_afternoon,
    plan_another_day,
    reschedule,
    stay_away,
    stop_the_clinic,
)
from tests.faults.state import Detour, Spare

_SCAN = Spare(
    r'"kind": "outside: scan"|"VERIFICATION#face_<id>',
    "a scan opened for a request whose answer was lost is never looked into, and expires",
)
_TRIED = Detour(
    "PERSON#",
    "",
    "a scan opened for a request whose answer was lost counts as one of the day's, since it was paid for",
    counts=("opened",),
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

_CLAIM = Detour(
    "PERSON#",
    "",
    "a claim on the day whose hold was never heard of counts once with the next one of that session, and is dropped "
    "as soon as the day seems full",
    counts=(r"d\d{8}",),
)

_LEAD = Detour(
    "RETURNS#",
    "",
    "how long before the day a slot came back is a few seconds less after a repetition",
    counts=("lead",),
)
_STEPS = Detour("STOP#", "", "a sweep that comes late ends a stop in fewer looks", counts=("version",))

_LICENCE = Spare(r"LICENCE#", "a licence whose answer was lost is seen by nobody, and ends after a minute")
_THEFT = Spare(r"session-reused", "its owner is told that a session was ended as stolen")
_STOLEN = Detour(
    "CITIZEN#",
    "",
    "a refresh token that comes again minutes after its answer is taken for stolen, and ends the session",
    counts=("sessions", "outbox"),
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
_LINKED = (*_BOUND, link_bank_account)
_MANDATED = (*_BOUND, scan_the_elder, grant)
_HELD = (*_BOUND, find_slot, hold)
_PAYABLE = (*_HELD, open_payment)
_BOOKED = (*_PAYABLE, pay)
_PLANNED = (*_BOUND, plan_an_afternoon, find_slot_of_the_plan, hold, open_payment, pay)

SCENARIOS = (
    Scenario("log in", after(open_the_house), log_in, detours=(_SESSION,)),
    Scenario("open face scan", after(*_LOGGED_IN), open_scan, spares=(_SCAN,), detours=(_TRIED,)),
    Scenario(
        "open face scan, no key",
        after(*_LOGGED_IN),
        open_scan,
        spares=(_SCAN,),
        detours=(_TRIED,),
        keyed=False,
    ),
    Scenario("complete face scan", after(*_LOGGED_IN, open_scan, scan_face), complete_scan),
    Scenario("bind card", after(*_VERIFIED), bind_card, look=see_cards, spares=(_USAGE,)),
    Scenario("bind card, no key", after(*_VERIFIED), bind_card, spares=(_USAGE,), keyed=False),
    Scenario("refresh", after(*_LOGGED_IN), refresh, spares=(_THEFT,), detours=(_STOLEN,)),
    Scenario("log out", after(*_LOGGED_IN), log_out),
    Scenario("log out everywhere", after(*_LOGGED_IN), log_out_everywhere),
    Scenario("suspend", after(*_BOUND), suspend, look=see_cards),
    Scenario("resume", after(*_BOUND, suspend), resume, look=see_cards),
    Scenario("unlink", after(*_BOUND), unlink, look=see_cards),
    Scenario("link bank account", after(*_BOUND), link_bank_account, look=see_cards, spares=(_USAGE,)),
    Scenario("unlink bank account", after(*_LINKED), unlink_bank_account, look=see_cards),
    Scenario("move card", after(*_BOUND, take_another_phone), move_card, look=see_cards),
    Scenario("hear from the bureau", after(*_BOUND), hear_from_the_bureau, look=see_cards, spares=(_NONCE,)),
    Scenario("redeem", after(*_LINKED, show_offline_code), redeem, spares=(_NONCE,)),
    Scenario("spend twice", after(*_LINKED, show_offline_code, redeem), spend_twice),
    Scenario("not me", after(*_BOUND, be_decoded), not_me, look=see_cards),
    Scenario("put up counter code", after(*_BOUND), put_up_counter_code, spares=(_NONCE,)),
    Scenario("share card", after(*_BOUND, put_up_counter_code), share_card, spares=(_NONCE,)),
    Scenario("show licence", after(*_BOUND), show_licence, spares=(_LICENCE,)),
    Scenario("grant", after(*_BOUND, scan_the_elder), grant, spares=(_USAGE,)),
    Scenario("grant for child", after(*_BOUND), grant_for_child, spares=(_USAGE,)),
    Scenario("carry card", after(*_MANDATED), carry_card, look=see_cards, spares=(_USAGE,)),
    Scenario("decode a family card", after(*_MANDATED, carry_card, show_code), decode, spares=(_NONCE,)),
    Scenario("revoke", after(*_MANDATED, carry_card), revoke, look=see_cards),
    Scenario("let the mandate end", after(*_MANDATED, carry_card), let_the_mandate_end, look=see_cards),
    Scenario(
        "certificate of the elder",
        after(*_MANDATED),
        request_their_certificate,
        timedelta(minutes=12),
        look=see_certificates,
        spares=(_USAGE,),
    ),
    Scenario("show code", after(*_BOUND), show_code),
    Scenario("decode", after(*_BOUND, show_code), decode, spares=(_NONCE,)),
    Scenario("find slot", after(*_BOUND), find_slot),
    Scenario("hold", after(*_BOUND, find_slot), hold, look=see_appointments, detours=(_CLAIM,)),
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
        detours=(_TRIES, _LEAD),
    ),
    Scenario(
        "be rejected and refunded",
        after(*_PAYABLE, let_the_hospital_wait, pay),
        be_rejected,
        look=see_appointments,
        spares=(_NONCE,),
        detours=(_TRIES, _LEAD),
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
    Scenario(
        "reschedule",
        after(*_BOOKED, find_another_slot, let_the_hospital_wait),
        reschedule,
        look=see_appointments,
        detours=(_LEAD,),
    ),
    Scenario(
        "give a part back",
        after(*_BOOKED, let_the_hospital_wait),
        give_part_back,
        look=see_appointments,
        detours=(_TRIES,),
    ),
    Scenario(
        "check in", after(*_BOOKED, let_the_hospital_wait, come_near, log_in), check_in, look=see_appointments
    ),
    Scenario(
        "be missed",
        after(*_BOOKED, let_the_hospital_wait, stay_away, log_in),
        be_missed,
        look=see_appointments,
        spares=(_NONCE,),
    ),
    Scenario(
        "stop a clinic",
        after(*_BOOKED, let_the_hospital_wait),
        stop_the_clinic,
        timedelta(minutes=8),
        look=see_appointments,
        spares=(_NONCE,),
        detours=(_TRIES, _LEAD, _STEPS),
    ),
    Scenario(
        "change a schedule",
        after(*_PLANNED, let_the_hospital_wait),
        plan_another_day,
        timedelta(minutes=8),
        look=see_appointments,
        spares=(_NONCE,),
        detours=(_TRIES, _LEAD, _STEPS),
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
    Scenario(
        "revoke certificate",
        after(*_VERIFIED, request_certificate),
        be_revoked,
        timedelta(minutes=2),
        look=see_the_revocation,
        spares=(_NONCE,),
    ),
)
