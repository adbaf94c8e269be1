"""What a person claims goes to the department that judges it, and nowhere else."""

from collections.abc import Callable

from chalicelib import wiring
from chalicelib.exchange.model import Subject
from tests.builders import an_identity_number
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.fakes import World
from tests.parties import a_department

CLAIMED = "13812345678"


def test_a_claim_is_asked_and_neither_kept_nor_logged(
    world: World, cloud: Cloud, clock: HeldClock, log_lines: Callable[[], str]
) -> None:
    department, number = a_department("social-security", world), an_identity_number()
    department.facts[number] = {"phoneMatches": True}
    subject = Subject(person_id="psn_1", real_name="张伟", id_number=number)
    case = "bank_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P"
    wiring.exchange().ask(
        department.id, "bank-account", subject, purpose="link", case_id=case, claims={"phone": CLAIMED}
    )
    wiring.exchange().ask(department.id, "bank-account", subject, purpose="link", case_id=case)
    claiming, plain = world.at(department.path)
    assert claiming.json["claims"] == {"phone": CLAIMED}
    assert "claims" not in plain.json
    assert CLAIMED not in repr(cloud.items())
    assert CLAIMED not in log_lines()
