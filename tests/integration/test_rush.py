"""Many at once: one slot is sold once, one code is decoded once, on the packaged template.

In this process nothing can prove that: the unit tests' cloud is not safe between threads.
"""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

import pytest

from sandbox.journey import Errand
from sandbox.visitor import StepFailed, Visitor
from tests.stack import Stack

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]

CROWD = 8
TERMINALS = 32
WAVES = range(8, TERMINALS + 1, 8)
PATIENCE = 4


def a_citizen(stack: Stack) -> Errand:
    """Somebody with a card."""
    errand = Errand(Visitor(stack.place.url, stack.place.url), random.Random())
    for step in (Errand.login, Errand.face, Errand.bind_card):
        step(errand)
    return errand


def test_of_many_at_once_one_gets_the_slot(stack: Stack) -> None:
    crowd = [a_citizen(stack) for _ in range(CROWD)]
    crowd[0].find_slot()
    slot = crowd[0].slots[0]["id"]

    def outcome(one: Errand) -> str:
        asked = {"slotId": slot, "cardId": one.card["id"]}
        answer = one.visitor.post("/v1/appointments", asked, accept=(201, 409))
        return str(answer.get("code", "held"))

    with ThreadPoolExecutor(CROWD) as together:
        outcomes = Counter(together.map(outcome, crowd))
    assert outcomes == {"held": 1, "slot-taken": CROWD - 1}


def test_one_person_with_many_fingers_holds_one_slot_of_a_session(stack: Stack) -> None:
    errand = a_citizen(stack)
    errand.find_slot()
    doctor = errand.slots[0]["practitionerName"]
    slots = [each["id"] for each in errand.slots if each["practitionerName"] == doctor][:CROWD]

    def outcome(slot: str) -> str:
        asked = {"slotId": slot, "cardId": errand.card["id"]}
        answer = errand.visitor.post("/v1/appointments", asked, accept=(201, 409))
        return str(answer.get("code", "held"))

    with ThreadPoolExecutor(CROWD) as together:
        outcomes = Counter(together.map(outcome, slots))
    assert outcomes["held"] <= 2  # a half day is a session: morning and afternoon
    assert outcomes["held"] + outcomes["already-registered"] == len(slots)
    assert outcomes["held"] >= 1


def test_of_many_terminals_one_decodes_the_code(stack: Stack) -> None:
    errand = a_citizen(stack)
    institutions = errand.visitor.get("/sandbox/institutions", "items")
    parties = [each["id"] for each in institutions if each["kind"] in {"hospital", "pharmacy"}]
    everywhere = [parties[number % len(parties)] for number in range(TERMINALS)]
    start = Barrier(TERMINALS)

    def scan(institution_id: str, *accept: int) -> tuple[int, str]:
        asked = {"code": errand.code, "businessType": "02121"}
        path = f"/sandbox/institutions/{institution_id}/decode"
        answer = errand.visitor.post(path, asked, accept=accept)
        return int(answer.get("status", 200)), str(answer.get("code", institution_id))

    def wake(institution_id: str) -> None:
        for _ in range(PATIENCE):
            with suppress(StepFailed):
                scan(institution_id, 409, 410)
                return

    def rush(institution_id: str) -> tuple[int, str]:
        start.wait()
        return scan(institution_id, 200, 409)

    with ThreadPoolExecutor(TERMINALS) as together:
        # So many functions take longer to start here than a code lives: a few more wake at a time, over spent codes.
        for awake in WAVES:
            errand.show_code()
            scan(parties[0], 200)
            list(together.map(wake, everywhere[:awake]))
        errand.show_code()
        outcomes = list(together.map(rush, everywhere))
    assert Counter(status for status, _ in outcomes) == {200: 1, 409: TERMINALS - 1}
    assert Counter(code for status, code in outcomes if status == 409) == {"code-used": TERMINALS - 1}
    winner = next(code for status, code in outcomes if status == 200)
    seen = [each["institution"]["id"] for each in errand.visitor.get("/v1/usages", "items")]
    assert seen == [winner, *[parties[0]] * len(WAVES)]
