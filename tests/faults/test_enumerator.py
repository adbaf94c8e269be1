"""The enumerator itself: it must find what is broken, and leave alone what is not."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from chalicelib.errors import Conflict, Unavailable
from chalicelib.platform import web
from chalicelib.platform.dynamo import Item, Table, commit, transact
from tests.fakes import Sent
from tests.faults.cloud import Died
from tests.faults.enumerator import Report, enumerate_faults
from tests.faults.errand import Errand, Scenario
from tests.faults.faults import Fault, Kind
from tests.faults.stage import stage

TABLE = Table("CoreTable")
KEY = {"pk": "COUNTER", "sk": "COUNTER"}


@pytest.fixture
def errand(aws_keys: dict[str, str]) -> Iterator[Errand]:
    with stage(aws_keys) as made:
        made.outside.world.on("/letters", lambda _: _post_letter(made))
        yield made


def _post_letter(errand: Errand) -> Sent:
    errand.outside.deeds.scans[f"letter-{len(errand.outside.deeds.scans)}"] = True
    return Sent(204)


def _enumerate(errand: Errand, use_case: Callable[[Errand], None]) -> Report:
    """A toy use-case that its client repeats until it gets through."""

    def act(errand: Errand) -> None:
        while not _answered(errand, use_case):
            pass

    return enumerate_faults(errand, Scenario("toy", prepare=lambda _: None, act=act))


def _answered(errand: Errand, use_case: Callable[[Errand], None]) -> bool:
    try:
        errand.cloud.live(partial(use_case, errand))
    except (Died, Unavailable):
        return False
    except Conflict:
        errand.answers.append({"kind": "answer", "refused": True})
    return True


def _check_then_write(_: Errand) -> None:
    """Broken on purpose: what was read may be old by the time it is written."""
    found = TABLE.get(KEY) or {"count": 0}
    commit(TABLE.put(KEY | {"count": found["count"] + 1}, Conflict(), expect={}))


def _write_under_a_condition(_: Errand) -> None:
    def ours(_: Item) -> None:
        return None

    commit(TABLE.put(KEY | {"count": 1}, ours))


def test_a_check_followed_by_a_write_is_found_broken(errand: Errand) -> None:
    report = _enumerate(errand, _check_then_write)
    assert report.calls == 2
    assert {each.fault.kind for each in report.survivors} >= {
        Kind.CRASH_AFTER,
        Kind.LOST,
        Kind.DOUBLED,
        Kind.REPEATED,
        Kind.LATE,
    }


def test_a_conditional_write_that_knows_its_own_heals_everything(errand: Errand) -> None:
    report = _enumerate(errand, _write_under_a_condition)
    assert report.calls == 1
    assert {Fault(kind, 0) for kind in Kind} - set(report.faults) == {Fault(Kind.PARTLY_REFUSED, 0)}
    assert report.survivors == []


def test_a_conditional_write_that_does_not_know_its_own_is_found_broken(errand: Errand) -> None:
    def refuse(errand: Errand) -> None:
        commit(TABLE.put(KEY | {"count": 1}, Conflict()))

    kinds = {each.fault.kind for each in _enumerate(errand, refuse).survivors}
    assert Kind.LOST_ONCE in kinds
    assert Kind.THROTTLED_ONCE not in kinds


def test_two_writes_that_belong_together_are_found_apart(errand: Errand) -> None:
    def apart(errand: Errand) -> None:
        first = {"pk": "A", "sk": "A"}
        if TABLE.get(first) is None:
            commit(TABLE.put(first, Conflict()))
            commit(TABLE.put({"pk": "B", "sk": "B"}, Conflict()))

    survivors = _enumerate(errand, apart).survivors
    assert (Kind.CRASH_BEFORE, 2) in {(each.fault.kind, each.fault.at) for each in survivors}


def test_a_transaction_repeated_by_the_sdk_meets_its_own_token(errand: Errand) -> None:
    def both(errand: Errand) -> None:
        if TABLE.get({"pk": "A", "sk": "A"}, consistent=True) is None:
            puts = [TABLE.put({"pk": name, "sk": name}, Conflict()) for name in "AB"]
            transact(puts)

    kinds = {each.fault.kind for each in _enumerate(errand, both).survivors}
    assert Kind.LOST_ONCE not in kinds


def test_a_letter_sent_twice_is_found(errand: Errand) -> None:
    def letter(errand: Errand) -> None:
        answer = web.post(errand.outside.world.origin + "/letters", b"{}", {}, seconds=1)
        if answer.status != 204:
            raise Unavailable

    kinds = {each.fault.kind for each in _enumerate(errand, letter).survivors}
    assert kinds == {Kind.CRASH_AFTER, Kind.LOST, Kind.DOUBLED, Kind.REPEATED, Kind.LATE}
