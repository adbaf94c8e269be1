"""Many at once: one slot is sold once, one code is decoded once, on the packaged template.

In this process nothing can prove that: the unit tests' cloud is not safe between threads.
"""

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from sandbox.journey import Errand
from sandbox.visitor import Visitor
from tests.integration.conftest import Stack

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("stack")]

CROWD = 8


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
    errand.show_code()
    shops = [i for i in errand.visitor.get("/sandbox/institutions", "items") if i["kind"] == "pharmacy"]

    def outcome(number: int) -> str:
        path = f"/sandbox/institutions/{shops[number % len(shops)]['id']}/decode"
        asked = {"code": errand.code, "businessType": "02121"}
        answer = errand.visitor.post(path, asked, accept=(200, 409))
        return str(answer.get("code", "decoded"))

    with ThreadPoolExecutor(CROWD) as together:
        outcomes = Counter(together.map(outcome, range(2 * CROWD)))
    assert outcomes == {"decoded": 1, "code-used": 2 * CROWD - 1}
