"""The bureau's feed: it repeats itself and comes out of order; the highest version decides."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.cards.errors import CardBusy
from chalicelib.cards.model.card import CardStatus, Physical
from chalicelib.platform import dynamo
from tests.api import ApiAnswer
from tests.bureau import Bureau
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud
from tests.unit.cards.conftest import kept

Notices = Callable[[Phone], list[str]]


@dataclass
class Feed:
    """Tells of one person's card, and lets what follows happen."""

    bureau: Bureau
    phone: Phone
    clock: HeldClock
    cloud: Cloud

    @property
    def number(self) -> str:
        return str((self.bureau.facts[self.phone.number] or {})["cardNumber"])

    def tells(self, version: int, status: str, **more: Any) -> ApiAnswer:
        answer = self.bureau.calls(self.phone.api, self.clock, self.number, version, status, **more)
        self.cloud.settle()
        return answer


@pytest.fixture
def feed(social_security: Bureau, zhang: Phone, clock: HeldClock, cloud: Cloud) -> Feed:
    return Feed(social_security, zhang, clock, cloud)


def stands(phone: Phone, card: dict[str, Any]) -> str:
    """The status, which the wallet must tell alike."""
    view = phone.api.get(f"/v1/cards/{card['id']}", token=phone.token).json
    entry = wiring.sessions().recognise(phone.token).account.wallet[card["id"]]
    assert entry.status == view["status"]
    return str(view["status"])


def word(cloud: Cloud) -> dict[str, Any]:
    (item,) = [item for item in cloud.items() if item["sk"]["S"] == "PHYSICAL"]
    return {name: next(iter(each.values())) for name, each in item.items()}


def test_a_card_follows_its_physical_one_and_its_owner_is_told(
    feed: Feed, zhang: Phone, notices: Notices
) -> None:
    card = zhang.bind().json
    assert feed.tells(2, "lost").status == 202
    assert stands(zhang, card) == "suspended"
    assert zhang.api.post(f"/v1/cards/{card['id']}/codes", token=zhang.token).status == 409
    assert (
        zhang.api.post(f"/v1/cards/{card['id']}/resume", {}, token=zhang.token).code == "card-held-by-bureau"
    )
    feed.tells(3, "locked")
    assert stands(zhang, card) == "locked"
    feed.tells(4, "active")
    assert stands(zhang, card) == "bound"
    told = ["card-bound", "card-locked", "card-released", "card-reported-lost"]
    assert notices(zhang) == told


def test_a_repetition_or_an_older_word_changes_nothing(feed: Feed, zhang: Phone, notices: Notices) -> None:
    card = zhang.bind().json
    feed.tells(3, "locked")
    before = kept(card["id"])
    for version, status in ((3, "locked"), (2, "lost"), (1, "active"), (3, "active")):
        feed.tells(version, status)
    assert kept(card["id"]) == before
    assert notices(zhang) == ["card-bound", "card-locked"]


@pytest.mark.parametrize("order", [*permutations([(2, "lost"), (3, "active"), (4, "locked")])])
def test_any_order_comes_to_the_same(
    feed: Feed, zhang: Phone, cloud: Cloud, order: tuple[tuple[int, str], ...]
) -> None:
    card = zhang.bind().json
    for version, status in order:
        feed.tells(version, status)
    assert stands(zhang, card) == "locked"
    assert (kept(card["id"]).physical, kept(card["id"]).physical_version) == (Physical.LOCKED, 4)
    assert (word(cloud)["status"], word(cloud)["version"], word(cloud)["card_id"]) == (
        "locked",
        "4",
        card["id"],
    )


def test_a_newer_word_that_says_the_same_tells_nobody(feed: Feed, zhang: Phone, notices: Notices) -> None:
    card = zhang.bind().json
    feed.tells(2, "active")
    assert kept(card["id"]).physical_version == 2
    assert notices(zhang) == ["card-bound"]


def test_a_word_about_a_card_that_nobody_bound_is_kept_for_its_binding(
    feed: Feed, zhang: Phone, cloud: Cloud
) -> None:
    feed.tells(5, "active")
    assert word(cloud)["version"] == "5"
    assert zhang.bind().code == "bureau-answer-stale"
    feed.bureau.facts[zhang.number] = {**(feed.bureau.facts[zhang.number] or {}), "cardVersion": 5}
    card = zhang.bind().json
    assert word(cloud)["card_id"] == card["id"]
    feed.tells(4, "lost")
    assert stands(zhang, card) == "bound"


def test_what_the_holder_suspended_stays_so_when_the_bureau_releases_it(feed: Feed, zhang: Phone) -> None:
    card = zhang.bind().json
    zhang.api.post(f"/v1/cards/{card['id']}/suspend", {}, token=zhang.token)
    feed.tells(2, "lost")
    feed.tells(3, "active")
    assert stands(zhang, card) == "suspended"
    assert zhang.api.post(f"/v1/cards/{card['id']}/resume", {}, token=zhang.token).json["status"] == "bound"


def test_death_cancels_for_good(feed: Feed, zhang: Phone, cloud: Cloud, notices: Notices) -> None:
    card = zhang.bind().json
    feed.tells(2, "cancelled", reason="deceased")
    assert stands(zhang, card) == "cancelled"
    feed.tells(3, "active")
    assert stands(zhang, card) == "cancelled"
    for verb in ("suspend", "resume"):
        answer = zhang.api.post(f"/v1/cards/{card['id']}/{verb}", {}, token=zhang.token)
        assert (answer.status, answer.code) == (410, "card-cancelled")
    assert notices(zhang) == ["card-bound", "card-cancelled"]
    feed.bureau.facts[zhang.number] = {**(feed.bureau.facts[zhang.number] or {}), "deceased": True}
    assert zhang.bind().code == "person-deceased"


def test_with_a_new_physical_card_its_person_binds_anew(feed: Feed, zhang: Phone, cloud: Cloud) -> None:
    old = zhang.bind().json
    feed.tells(2, "cancelled")
    feed.bureau.insures(zhang.name, zhang.number)
    new = zhang.bind()
    assert new.status == 201
    assert new.json["id"] != old["id"]
    assert zhang.api.call("DELETE", f"/v1/cards/{old['id']}", token=zhang.token).status == 204
    assert zhang.api.call("DELETE", f"/v1/cards/{old['id']}", token=zhang.token).status == 204
    assert [card["id"] for card in zhang.api.get("/v1/cards", token=zhang.token).json["items"]] == [
        new.json["id"]
    ]
    assert kept(old["id"]).status is CardStatus.CANCELLED


def test_an_unlinked_card_hears_no_more(feed: Feed, zhang: Phone, cloud: Cloud) -> None:
    card = zhang.bind().json
    zhang.api.call("DELETE", f"/v1/cards/{card['id']}", token=zhang.token)
    before = kept(card["id"])
    feed.tells(2, "cancelled")
    assert kept(card["id"]) == before
    assert (word(cloud)["status"], "card_id" in word(cloud)) == ("cancelled", False)


def test_a_word_and_its_holder_at_once_both_count(
    feed: Feed, zhang: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The holder suspends the card between the feed's read and its write."""
    card = zhang.bind().json
    apply = dynamo.transact
    came: list[bool] = []

    def overtaken(writes: Any) -> None:
        if not came:
            came.append(True)
            zhang.api.post(f"/v1/cards/{card['id']}/suspend", {}, token=zhang.token)
        apply(writes)

    monkeypatch.setattr("chalicelib.cards.service.life.transact", overtaken)
    feed.tells(2, "locked")
    assert stands(zhang, card) == "locked"
    assert kept(card["id"]).held == "lost"


def test_a_job_that_ends_before_its_write_comes_again(
    feed: Feed, zhang: Phone, monkeypatch: pytest.MonkeyPatch, cloud: Cloud
) -> None:
    card = zhang.bind().json
    apply = dynamo.transact
    tries: list[bool] = []

    def torn(writes: Any) -> None:
        tries.append(True)
        if len(tries) == 1:
            raise ConnectionResetError
        apply(writes)
        if len(tries) == 2:  # done, and the process ends before it can say so
            raise ConnectionResetError

    monkeypatch.setattr("chalicelib.cards.service.life.transact", torn)
    feed.tells(2, "lost")
    assert (len(tries), stands(zhang, card), kept(card["id"]).version) == (2, "suspended", 2)
    assert cloud.dead_letters() == []


def test_a_card_that_is_always_busy_brings_the_word_back(
    feed: Feed, zhang: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_: Any) -> None:
        raise CardBusy

    zhang.bind()
    monkeypatch.setattr("chalicelib.cards.service.life.transact", busy)
    told = {"physical_ref": "0" * 32, "version": 2, "status": "lost", "reason": None}
    with pytest.raises(CardBusy):
        wiring.life().mirror(told)


def test_the_cards_number_is_nowhere_in_the_clear(feed: Feed, zhang: Phone, cloud: Cloud) -> None:
    zhang.bind()
    feed.tells(2, "lost")
    assert feed.number not in repr(cloud.items())
