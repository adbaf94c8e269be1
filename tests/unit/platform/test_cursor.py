"""Cursors: good for the list they were given for, and nothing else."""

import pytest

from chalicelib.errors import Invalid
from chalicelib.platform.cursor import Cursors
from chalicelib.platform.keys import Mac, b64url
from chalicelib.platform.tokens import compact_json, unb64url

KEY = {"pk": "CITIZEN#ctz_1", "sk": "NOTICE#ntc_1"}


@pytest.fixture
def cursors(aws_keys: dict[str, str]) -> Cursors:
    return Cursors(Mac(aws_keys["CodeMacKey"]))


def test_a_cursor_opens_to_its_key(cursors: Cursors) -> None:
    assert cursors.open("notices:ctz_1", cursors.seal("notices:ctz_1", KEY)) == KEY


def test_a_list_that_ended_has_no_cursor(cursors: Cursors) -> None:
    assert cursors.seal("notices:ctz_1", None) is None
    assert cursors.open("notices:ctz_1", None) is None


def test_another_process_opens_it_too(cursors: Cursors) -> None:
    fresh = Cursors(Mac(cursors.mac.key))
    assert fresh.open("notices:ctz_1", cursors.seal("notices:ctz_1", KEY)) == KEY


def test_somebody_elses_cursor_is_refused(cursors: Cursors) -> None:
    with pytest.raises(Invalid):
        cursors.open("notices:ctz_2", cursors.seal("notices:ctz_1", KEY))


def test_a_changed_key_is_refused(cursors: Cursors) -> None:
    raw = unb64url(cursors.seal("notices:ctz_1", KEY) or "")
    forged = raw[:12] + compact_json(KEY | {"pk": "CITIZEN#ctz_2"})
    with pytest.raises(Invalid):
        cursors.open("notices:ctz_1", b64url(forged))


@pytest.mark.parametrize("text", ["", "!", "AAAA", "é", "A" * 16, "A" * 300])
def test_garbage_is_refused(cursors: Cursors, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        cursors.open("notices:ctz_1", text)
    assert refused.value.errors[0][0] == "/cursor"
