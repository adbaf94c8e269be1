"""Keys that are trusted no more, and what citizens disown: both point at one key, not at all of an institution."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.institutions.errors import InstitutionUnknown
from chalicelib.institutions.model import Flag, Status
from chalicelib.platform.dynamo import commit, transact
from chalicelib.platform.signatures import Message
from tests.api import Api
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.conftest import CONFIG, WIRING, forget
from tests.fakes import Party
from tests.unit.institutions.test_recognition import register, send

USE = "use_01JDABCDEFGHJKMNPQRSTVWXYZ"
Withdraw = Callable[[Party, Party], None]


def without_it(stolen: Party, kept: Party) -> None:
    """The registration is replaced by one without the key."""
    register(kept)


def by_name(stolen: Party, kept: Party) -> None:
    """The one key is withdrawn."""
    wiring.institutions().withdraw_key(stolen.id, stolen.key_name)


def both(stolen: Party, kept: Party) -> None:
    register(kept, keys={each.key_name: each.public_key for each in (stolen, kept)})


@pytest.fixture
def terminals(cloud: Cloud, clock: HeldClock) -> tuple[Party, Party]:
    """Two terminals of one pharmacy, each with its own key."""
    stolen, kept = Party("hos_1", key_name="desk-1"), Party("hos_1", key_name="desk-2")
    both(stolen, kept)
    return stolen, kept


@pytest.mark.parametrize("withdraw", [without_it, by_name])
def test_a_withdrawn_key_is_unknown_within_a_minute_and_the_other_works_on(
    api: Api, terminals: tuple[Party, Party], clock: HeldClock, withdraw: Withdraw
) -> None:
    stolen, kept = terminals
    assert send(api, stolen, clock).status == 202
    withdraw(stolen, kept)
    clock.turn(seconds=60)
    answer = send(api, stolen, clock)
    assert (answer.status, answer.code) == (401, "key-unknown")
    assert send(api, kept, clock).status == 202


@pytest.mark.parametrize("withdraw", [without_it, by_name])
def test_a_fresh_process_refuses_it_at_once(
    api: Api, terminals: tuple[Party, Party], clock: HeldClock, withdraw: Withdraw
) -> None:
    stolen, kept = terminals
    assert send(api, stolen, clock).status == 202
    withdraw(stolen, kept)
    forget(CONFIG, WIRING)
    assert send(api, stolen, clock).code == "key-unknown"


def test_a_process_that_remembers_the_key_trusts_it_for_less_than_a_minute(
    api: Api, terminals: tuple[Party, Party], clock: HeldClock
) -> None:
    stolen, kept = terminals
    assert send(api, stolen, clock).status == 202
    here = wiring.institutions()
    forget(CONFIG, WIRING)
    by_name(stolen, kept)  # another process than `here`
    clock.turn(seconds=59)
    assert here._registration("hos_1").key("desk-1")
    clock.turn(seconds=1)
    assert here._registration("hos_1").key("desk-1") is None


def test_withdrawing_again_changes_nothing(terminals: tuple[Party, Party], cloud: Cloud) -> None:
    by_name(*terminals)
    before = cloud.items()
    by_name(*terminals)
    assert cloud.items() == before


def test_who_is_not_registered_has_no_keys(cloud: Cloud, clock: HeldClock) -> None:
    with pytest.raises(InstitutionUnknown):
        wiring.institutions().withdraw_key("hos_9", "k1")
    assert cloud.items() == []


def test_who_has_left_is_registered_no_more(terminals: tuple[Party, Party]) -> None:
    register(terminals[0], status=Status.WITHDRAWN)
    with pytest.raises(InstitutionUnknown):
        wiring.institutions().registered("hos_1")


# -- who signed
def test_the_caller_carries_the_key_that_signed(terminals: tuple[Party, Party], clock: HeldClock) -> None:
    path, body = "/v1/callbacks/appointments", b"{}"
    for party in terminals:
        headers = party.headers("POST", path, body, now=clock().timestamp())
        request = Message("POST", party.authority, path, "", headers, body)
        assert wiring.institutions().recognise(request).key_id == f"hos_1#{party.key_name}"


# -- what citizens disown
def flag(use_id: str, key_id: str, clock: HeldClock) -> None:
    commit(wiring.institutions().flag("hos_1", key_id, use_id, clock()))


def test_a_flag_names_the_use_the_key_and_the_moment(cloud: Cloud, clock: HeldClock) -> None:
    flag(USE, "hos_1#desk-1", clock)
    (found,) = wiring.institutions().flags("hos_1")
    assert found == Flag(use_id=USE, key_id="hos_1#desk-1", flagged_at=clock())
    (item,) = cloud.items()
    assert (item["pk"]["S"], item["sk"]["S"]) == ("INSTITUTION#hos_1", f"FLAG#{USE}")
    assert int(item["expires_at"]["N"]) == int((clock() + timedelta(days=365)).timestamp())


def test_a_use_is_flagged_once(cloud: Cloud, clock: HeldClock) -> None:
    flag(USE, "hos_1#desk-1", clock)
    before = cloud.items()
    clock.turn(minutes=1)
    transact([wiring.institutions().flag("hos_1", "hos_1#desk-1", USE, clock())])
    assert cloud.items() == before


def test_flags_come_newest_first_and_only_the_institutions_own(
    terminals: tuple[Party, Party], cloud: Cloud, clock: HeldClock
) -> None:
    uses = [f"use_01JDABCDEFGHJKMNPQRSTVWX{last}" for last in ("Y1", "Y2", "Y3")]
    for use in uses:
        flag(use, "hos_1#desk-1", clock)
    commit(wiring.institutions().flag("hos_2", "hos_2#k1", USE, clock()))
    assert [each.use_id for each in wiring.institutions().flags("hos_1")] == uses[::-1]


def test_a_flag_tells_nothing_of_who_flagged(cloud: Cloud, clock: HeldClock) -> None:
    flag(USE, "hos_1#desk-1", clock)
    written: dict[str, Any] = cloud.items()[0]
    assert set(written) == {"pk", "sk", "use_id", "key_id", "flagged_at", "expires_at"}
    assert "ctz_" not in json.dumps(written)
    assert "psn_" not in json.dumps(written)
