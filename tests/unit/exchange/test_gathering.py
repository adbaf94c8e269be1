"""Several facts at once: asked side by side, each lacking for itself, within one time."""

import json
from pathlib import Path
from threading import Barrier

import pytest

from chalicelib import wiring
from chalicelib.exchange.model import Ask, Gathered, Inquiry, MissingKind, Subject
from chalicelib.exchange.service.exchange import GATHER_SECONDS
from tests.builders import an_identity_number
from tests.clock import HeldClock
from tests.cloud import Cloud, template
from tests.fakes import Behaviour, Department, Received, Sent, World
from tests.parties import a_department

CASE = "crb_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P"
PERSON = "psn_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P"
NUMBER = an_identity_number()
ASKS = (("real-estate", "house-ownership"), ("civil-registry", "household"), ("veterans", "veteran-status"))


@pytest.fixture
def departments(world: World, cloud: Cloud, clock: HeldClock) -> dict[str, Department]:
    made = {name: a_department(name, world) for name, _ in ASKS}
    for each in made.values():
        each.names[NUMBER] = "张伟"
        each.facts[NUMBER] = {"told": each.id}
    return made


def gather(*asks: tuple[str, str], seconds: float = 6.0) -> Gathered:
    inquiry = Inquiry(
        subject=Subject(person_id=PERSON, real_name="张伟", id_number=NUMBER),
        purpose="school-enrolment",
        case_id=CASE,
        asks=tuple(Ask(department_id=department, fact=fact) for department, fact in asks),
    )
    return wiring.exchange().gather(inquiry, seconds)


def missing(gathered: Gathered) -> dict[str, MissingKind]:
    return {fact: each.kind for fact, each in gathered.missing.items()}


def test_all_departments_are_asked_at_the_same_time(departments: dict[str, Department]) -> None:
    together = Barrier(len(ASKS), timeout=5)

    def together_with(department: Department) -> Behaviour:
        def answer(request: Received) -> Sent:
            together.wait()
            return department._answer(request)

        return answer

    for each in departments.values():
        each.world.on(each.path, together_with(each))
    gathered = gather(*ASKS)
    assert {fact: each.value for fact, each in gathered.facts.items()} == {
        fact: {"told": department} for department, fact in ASKS
    }
    assert gathered.missing == {}


def test_one_department_that_is_down_takes_nothing_from_the_others(
    departments: dict[str, Department],
) -> None:
    departments["civil-registry"].down = True
    gathered = gather(*ASKS)
    assert set(gathered.facts) == {"house-ownership", "veteran-status"}
    assert missing(gathered) == {"household": MissingKind.DOWN}


def test_a_department_that_nobody_connected_is_told_apart(departments: dict[str, Department]) -> None:
    gathered = gather(ASKS[0], ("tax-bureau", "income"))
    assert set(gathered.facts) == {"house-ownership"}
    assert missing(gathered) == {"income": MissingKind.NOT_CONNECTED}


def test_every_reading_has_its_entry_once(departments: dict[str, Department], cloud: Cloud) -> None:
    gather(*ASKS)
    gather(*ASKS)
    entries = [item for item in cloud.items() if item["sk"]["S"].startswith("USAGE#")]
    assert sorted(entry["fact"]["S"] for entry in entries) == sorted(fact for _, fact in ASKS)


def test_gathering_never_takes_a_workers_whole_time() -> None:
    """Every message of a batch may meet departments that hang; half the time is left for what becomes of the facts."""
    root = Path(__file__).parents[3]
    functions = json.loads((root / ".chalice" / "config.json").read_text("utf-8"))["lambda_functions"]
    worker = template()["Resources"]["WorkCertificates"]["Properties"]
    events = worker["Events"]["WorkCertificatesSqsEventSource"]["Properties"]
    assert events["BatchSize"] * GATHER_SECONDS <= functions["work_certificates"]["lambda_timeout"] / 2
