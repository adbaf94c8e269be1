"""A certificate by a link: told once, opened once, entered once, and nobody is robbed by a lost answer."""

import contextlib
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.certificates.model.certificates import CertificateStatus
from chalicelib.types import rfc3339
from tests.api import Api
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.memory.calls import Died, Moment, Strike
from tests.memory.cloud import Place
from tests.unit.shares.conftest import OTHER_OPENER, Holder

GONE = {"share-used", "share-over", "share-revoked"}


def entered(town: Place) -> list[Any]:
    return [each for each in town.cloud.items() if each["sk"]["S"].startswith("READ#read_")]


def notices(holder: Holder, town: Place) -> list[str]:
    town.cloud.settle()
    told = holder.api.get("/v1/notices", token=holder.phone.token).json["items"]
    return [each["kind"] for each in told if each["kind"].startswith("share")]


def test_a_link_tells_its_secret_behind_the_hash_and_no_item_keeps_it(holder: Holder, town: Place) -> None:
    answer = holder.share()
    address, _, secret = answer.json["link"].partition("#")
    assert (answer.status, address, len(secret)) == (201, "http://127.0.0.1:8470/s/", 43)
    (listed,) = holder.shares()
    assert listed == {name: told for name, told in answer.json.items() if name != "link"}
    assert (listed["status"], listed["standing"], listed["format"]) == ("standing", "valid", "pdf")
    assert listed["expiresAt"] == rfc3339(holder.clock() + timedelta(minutes=60))
    assert secret not in json.dumps(town.cloud.items(), default=str)


def test_it_opens_once_for_whoever_has_it_and_the_holder_sees_it(holder: Holder, town: Place) -> None:
    secret = holder.link(format="json")
    holder.clock.turn(minutes=1)
    opened = holder.open(secret)
    assert opened.status == 200
    until = rfc3339(holder.clock() + timedelta(minutes=5))
    assert opened.json.pop("url").endswith("for=300")
    assert {name: opened.json[name] for name in ("serial", "purpose", "format", "expiresAt")} == {
        "serial": holder.certificate.serial,
        "purpose": "租房备案",
        "format": "json",
        "expiresAt": until,
    }
    assert holder.open(secret, OTHER_OPENER).code == "share-used"
    (listed,) = holder.shares()
    assert (listed["status"], listed["usesLeft"]) == ("used", 0)
    assert listed["usedAt"] == [rfc3339(holder.clock())]
    (read,) = holder.reads()
    assert (read["action"], read["purposeCode"]) == ("查看证明：无房证明", "租房备案")
    assert (read["receiverCode"], read["receiverName"]) == ("link", "打开一次性链接的人")
    assert read["sourceCode"] == "certificate/no-house/json"
    assert notices(holder, town) == ["share-opened"]


def test_the_same_opener_may_ask_again_while_the_file_may_be_fetched(holder: Holder, town: Place) -> None:
    secret = holder.link()
    first = holder.open(secret).json
    holder.clock.turn(minutes=4)
    again = holder.open(secret)
    assert (again.status, again.json["expiresAt"]) == (200, first["expiresAt"])
    assert again.json["url"].endswith("for=60")
    holder.clock.turn(minutes=1)
    assert holder.open(secret).code == "share-used"
    assert len(entered(town)) == 1
    assert notices(holder, town) == ["share-opened"]


def test_a_link_ends_by_time_and_by_its_holder(holder: Holder, town: Place) -> None:
    over = holder.link(expiresInMinutes=1)
    holder.clock.turn(seconds=1)
    revoked = holder.link()
    assert holder.revoke(holder.shares()[0]["id"]).status == 204
    assert holder.open(revoked).code == "share-revoked"
    holder.clock.turn(minutes=1)
    assert (holder.open(over).status, holder.open(over).code) == (410, "share-over")
    assert [each["status"] for each in holder.shares()] == ["revoked", "over"]
    assert holder.revoke(holder.shares()[1]["id"]).status == 204
    assert [each["status"] for each in holder.shares()] == ["revoked", "over"]
    assert entered(town) == []


@pytest.mark.parametrize("guess", ["A" * 43, "A" * 42, "A" * 200, "../" * 10, "無" * 43, "A" * 42 + "=", "x"])
def test_a_guessed_secret_is_nobodys_and_says_no_more(holder: Holder, guess: str) -> None:
    holder.link()
    answer = holder.open(guess)
    assert (answer.status, answer.code) == (404, "share-not-found")
    assert guess not in answer.body.decode() or guess == "x"


def test_a_share_of_a_certificate_that_fell_shows_nothing_and_is_not_used_up(
    holder: Holder, town: Place
) -> None:
    secret = holder.link()
    holder.becomes("suspend", CertificateStatus.SUSPENDED)
    assert (holder.open(secret).status, holder.open(secret).code) == (409, "certificate-not-standing")
    assert holder.share().code == "certificate-not-standing"
    assert holder.shares()[0]["standing"] == "suspended"
    holder.becomes("resume", CertificateStatus.VALID)
    assert holder.open(secret).status == 200
    holder.becomes("revoke", CertificateStatus.REVOKED)
    assert holder.open(secret).code == "certificate-not-standing"
    assert len(entered(town)) == 1


def test_revoking_the_certificate_between_the_look_and_the_read_leaves_no_read(
    holder: Holder, town: Place
) -> None:
    secret = holder.link()
    holder.becomes("suspend", CertificateStatus.SUSPENDED)
    holder.becomes("resume", CertificateStatus.VALID)

    def strike() -> None:
        holder.becomes("revoke", CertificateStatus.REVOKED)

    at = _call_of(holder, town, "dynamodb.transact_write_items")
    answer = town.cloud.live(lambda: holder.open(secret), Strike(at, Moment.BEFORE, strike))
    assert answer.code == "certificate-not-standing"
    assert entered(town) == []
    assert [each["usedAt"] for each in holder.shares() if each["status"] == "standing"] == [[]]


def _call_of(holder: Holder, town: Place, name: str) -> int:
    """The number of that call when a link is opened."""
    other = holder.link()
    before = len(entered(town))
    town.cloud.live(lambda: holder.open(other))
    made = town.cloud.calls.last.made
    for each in entered(town)[before:]:
        town.cloud.tables["CoreTable"].store((each["pk"]["S"], each["sk"]["S"]), None)
    return made.index(name)


def test_of_two_who_open_at_once_one_wins(holder: Holder, town: Place) -> None:
    secret = holder.link()
    at = _call_of(holder, town, "dynamodb.transact_write_items")
    others: list[Any] = []

    def strike() -> None:
        others.append(holder.open(secret, OTHER_OPENER))

    answer = town.cloud.live(lambda: holder.open(secret), Strike(at, Moment.BEFORE, strike))
    assert (others[0].status, answer.status, answer.code) == (200, 410, "share-used")
    assert len(entered(town)) == 1


@pytest.mark.parametrize("moment", list(Moment))
@pytest.mark.parametrize("number", range(5))
def test_a_process_killed_anywhere_while_opening_robs_nobody_and_enters_once(
    holder: Holder, town: Place, number: int, moment: Moment
) -> None:
    secret = holder.link()
    try:
        town.cloud.live(lambda: holder.open(secret), Strike(number, moment, town.cloud.calls.die))
    except Died:
        stands = holder.shares()[0]["status"]
        assert len(entered(town)) == (stands == "used")
    assert holder.open(secret).status == 200
    assert holder.open(secret, OTHER_OPENER).code == "share-used"
    assert len(entered(town)) == 1
    assert notices(holder, town) == ["share-opened"]


@pytest.mark.parametrize("moment", list(Moment))
@pytest.mark.parametrize("number", range(1, 8))
def test_a_process_killed_anywhere_while_sharing_leaves_one_share_and_its_link(
    holder: Holder, town: Place, number: int, moment: Moment
) -> None:
    with contextlib.suppress(Died):
        town.cloud.live(lambda: holder.share("once-only-key"), Strike(number, moment, town.cloud.calls.die))
    again = holder.share("once-only-key")
    assert again.status == 201
    assert len(holder.shares()) == 1
    assert holder.open(again.json["link"].partition("#")[2]).status == 200
    assert holder.share("once-only-key").json["link"] is None
    assert holder.share("once-only-key", purpose="别的用途").code == "idempotency-key-reused"


def test_nobody_shares_sees_or_revokes_what_is_anothers(holder: Holder, town: Place, api: Api) -> None:
    holder.link()
    stranger = Phone(api, town.payment_app)
    stranger.log_in()
    theirs = Holder(api, stranger, holder.clock, holder.request, holder.certificate)
    assert theirs.share().code == "certificate-not-found"
    assert theirs.shares() == []
    assert theirs.revoke(holder.shares()[0]["id"]).code == "share-not-found"
    assert holder.shares()[0]["status"] == "standing"


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "everybody"},
        {"purpose": ""},
        {"purpose": "a\nb"},
        {"purpose": "x" * 61},
        {"expiresInMinutes": 0},
        {"expiresInMinutes": 7 * 24 * 60 + 1},
        {"format": "docx"},
        {"institutionId": "hos_1"},
        {"kind": "institution"},
        {"kind": "institution", "institutionId": "hos_nobody"},
        {"kind": "institution", "institutionId": "hos_nobody", "uses": 101},
    ],
)
def test_a_wish_that_breaks_a_rule_is_refused(holder: Holder, asked: dict[str, Any]) -> None:
    assert holder.share(**asked).status == 422
    assert holder.shares() == []


def test_fifty_shares_a_day_are_enough(holder: Holder, clock: HeldClock) -> None:
    for _ in range(50):
        assert holder.share().status == 201
    refused = holder.share()
    assert (refused.status, refused.code) == (429, "too-many-shares")
    assert 0 < int(refused.headers["retry-after"]) <= 86_400
    assert holder.phone.log_in().status == 201
    clock.turn(days=1)
    holder.phone.log_in()
    assert holder.share().status == 201


def test_logs_and_problems_hold_neither_secret_nor_purpose(
    holder: Holder, log_lines: Callable[[], str]
) -> None:
    secret = holder.link()
    holder.open(secret)
    holder.open(secret, OTHER_OPENER)
    told = log_lines()
    assert "share.read" in told
    assert [each for each in (secret, "租房备案", OTHER_OPENER) if each in told] == []
