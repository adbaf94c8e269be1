"""The tables in memory against moto's: the same requests, the same answers, the same items and the same stream."""

from itertools import count, pairwise
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from tests.clock import HeldClock
from tests.cloud import Cloud, client
from tests.memory.cloud import MemoryCloud
from tests.memory.depth import depth
from tests.memory.requests import Asked, asked

Outcome = tuple[Any, ...]
_examples = count(1)


@pytest.fixture(scope="module")
def emulated(aws_keys: dict[str, str]) -> Cloud:
    """Moto's tables, once: each example has partitions of its own."""
    made = Cloud(aws_keys)
    made.create()
    return made


def outcome(sdk: Any, wanted: Asked, start: str) -> Outcome:
    try:
        answer = getattr(sdk, wanted.call)(**wanted.request(start))
    except ClientError as error:
        return _refusal(cast("dict[str, Any]", error.response))
    return (_answer(wanted, answer),)


def _refusal(response: dict[str, Any]) -> Outcome:
    reasons = [(each["Code"], each.get("Item")) for each in response.get("CancellationReasons", [])]
    return (response["Error"]["Code"], response.get("Item"), reasons)


def _both_find_a_change_impossible(ours: Outcome, theirs: Outcome) -> bool:
    """The service names the change that cannot be within the transaction; the emulator refuses the request."""
    named = len(ours) > 1 and any(code == "ValidationError" for code, _ in ours[2])
    return named and theirs[0] in {"ValidationException", "TransactionCanceledException"}


def _answer(wanted: Asked, answer: dict[str, Any]) -> object:
    found: object = answer.get("Item") or answer.get("Attributes")
    if wanted.call == "query":
        # a full page may or may not name a key to go on after; that of the service does
        found = answer.get("Items", answer["Count"])
    if wanted.call == "batch_get_item":
        found = sorted(map(repr, answer["Responses"]["CoreTable"]))
    return found


def images(event: dict[str, Any] | None, start: str) -> list[tuple[Any, Any]]:
    """Old and new image of every change of this example's items; what changed nothing is no change.

    The emulator shows an update that makes an item as two insertions, the first of them of the bare key.
    """
    told = [each["dynamodb"] for each in (event or {"Records": []})["Records"]]
    mine = [each for each in told if each["Keys"]["pk"]["S"].startswith(start)]
    pairs = [(each.get("OldImage"), each.get("NewImage")) for each in mine]
    bare = {place for place, (pair, after) in enumerate(pairwise(pairs)) if _bare(pair) and after[0] is None}
    return [(old, new) for place, (old, new) in enumerate(pairs) if old != new and place not in bare]


def _bare(pair: tuple[Any, Any]) -> bool:
    old, new = pair
    return old is None and new is not None and new.keys() == {"pk", "sk"}


@depth(60)
@given(st.lists(asked, min_size=1, max_size=12))
def test_every_request_has_the_outcome_that_the_emulator_gives(emulated: Cloud, history: list[Asked]) -> None:
    memory, start = MemoryCloud(clock=HeldClock()), f"{next(_examples)}/"
    memory.create()
    emulated.stream("CoreTable")
    for each in history:
        theirs = outcome(client("dynamodb"), each, start)
        ours = outcome(memory.clients["dynamodb"], each, start)
        assert ours == theirs or _both_find_a_change_impossible(ours, theirs), each
    assert images(memory.stream("CoreTable"), start) == images(emulated.stream("CoreTable"), start)
