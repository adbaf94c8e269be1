"""A batch whose worker dies before or after any of its calls: one certificate each, one entry for each reading."""

from collections import Counter
from collections.abc import Iterator

import pytest

from chalicelib.certificates.model.requests import RequestStatus
from tests.certificates import Holder, a_holder, trust_documents, work
from tests.clock import HeldClock
from tests.memory.calls import Died, Moment, Strike
from tests.memory.cloud import Place, cold_start, place
from tests.moods import Offices, small_catalogue

TYPES = ("houses", "houses-too", "family")


@pytest.fixture(scope="module")
def town() -> Iterator[Place]:
    with place(HeldClock()) as found, small_catalogue():
        yield found


def begun(town: Place) -> tuple[Holder, Offices]:
    town.begin()
    trust_documents()
    return a_holder(town.payment_app), Offices(town.world)


def usages(town: Place) -> Counter[str]:
    items = [each for each in town.cloud.items() if each["sk"]["S"].startswith("USAGE#")]
    return Counter(each["fact"]["S"] for each in items)


def standing(town: Place, kind: str) -> list[str]:
    return [each["pk"]["S"] for each in town.cloud.items() if each["pk"]["S"].startswith(kind)]


def test_killed_before_or_after_any_call_and_retried_it_is_one_certificate(town: Place) -> None:
    holder, _ = begun(town)
    (first, *_rest) = holder.request_all(*TYPES)
    town.cloud.live(lambda: work(first))
    calls = len(town.cloud.calls.last.made)
    assert calls > 20
    killed_once_it_is_finished_by_the_next(town, 0, Moment.BEFORE)
    for number in range(calls):  # after one call is before the next
        killed_once_it_is_finished_by_the_next(town, number, Moment.AFTER)


def killed_once_it_is_finished_by_the_next(town: Place, number: int, moment: Moment) -> None:
    holder, _ = begun(town)
    requests = holder.request_all(*TYPES)
    strike = Strike(number, moment, town.cloud.calls.die)
    try:
        town.cloud.live(lambda: work(requests[0]), strike)
    except Died:
        cold_start()
    work(requests[0])
    seen = [holder.standing(each) for each in requests]
    assert {each.status for each in seen} == {RequestStatus.ISSUED}, (number, moment)
    assert len({each.certificate_id for each in seen}) == 3
    assert len(standing(town, "CERTIFICATE#")) == len(standing(town, "STATUS-PLACE#")) == 3
    assert len([each for each in town.cloud.s3.puts if each.startswith("certificates/")]) == 9
    assert usages(town) == {"house-ownership": 1, "marital-status": 1}
    assert holder.batch(requests[0]).sealed is None


def test_two_batches_about_the_same_facts_meet_in_one_certificate(town: Place) -> None:
    """The other batch does all of its work before or after any call of the first one."""
    holder, _ = begun(town)
    one, two = holder.request_all("houses", purpose="a"), holder.request_all("houses", purpose="b")
    town.cloud.live(lambda: work(one[0]))
    made = town.cloud.calls.last.made
    # both live in one process here: what a call to the keys or to a department holds, the other would wait for
    for number in [at for at, name in enumerate(made) if name.startswith(("dynamodb.", "s3."))]:
        holder, _ = begun(town)
        one, two = holder.request_all("houses", purpose="a"), holder.request_all("houses", purpose="b")
        strike = Strike(number, Moment.BEFORE, lambda two=two: work(two[0]))  # type: ignore[misc]
        town.cloud.live(lambda: work(one[0]), strike)  # noqa: B023
        answered = {holder.standing(each).certificate_id for each in (*one, *two)}
        assert len(answered) == 1, number
        assert None not in answered
        assert len(standing(town, "CERTIFICATE#")) == 1, number
        assert len([each for each in town.cloud.s3.puts if each.startswith("certificates/")]) == 3
