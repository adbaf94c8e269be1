"""Whoever refreshes and ends sessions, suspends a card, links a bank account, moves the card, disputes a use."""

from datetime import datetime
from operator import itemgetter

from chalicelib.types import rfc3339
from tests.faults.errand import Errand
from tests.faults.outside import ZHANG, Somebody, card_number
from tests.faults.scenarios.card import (
    TERMINAL,
    complete_scan,
    decode,
    log_in,
    open_scan,
    scan_face,
    show_code,
)

_REDEEM = "/v1/terminal/card-codes/redeem"


# -- sessions
def refresh(errand: Errand) -> None:
    """Get a fresh access token; a page that lost the answer sends the same refresh token again."""
    body = {"refreshToken": errand.known["refresh_token"]}
    answer = errand.ask("refresh", "POST", "/v1/sessions/refresh", lambda: body)
    errand.known["token"] = answer.json["accessToken"]
    errand.known["logged_in_until"] = datetime.fromisoformat(answer.json["expiresAt"])


def log_out(errand: Errand) -> None:
    """End this session; where the answer was lost, the page learns from the next one that it is over."""
    errand.ask("log out", "DELETE", "/v1/sessions/current", over="session-ended")


def log_out_everywhere(errand: Errand) -> None:
    """End every session."""
    errand.ask("log out everywhere", "DELETE", "/v1/sessions", over="session-ended")


# -- a card's life
def suspend(errand: Errand) -> None:
    """Report the card lost."""
    errand.ask("suspend", "POST", f"/v1/cards/{errand.known['card']}/suspend", lambda: {"reason": "lost"})


def resume(errand: Errand) -> None:
    """Use it again, on the strength of the scan of before."""
    errand.ask("resume", "POST", f"/v1/cards/{errand.known['card']}/resume", dict)


def unlink(errand: Errand) -> None:
    """Take the card out of this account for good."""
    errand.ask("unlink", "DELETE", f"/v1/cards/{errand.known['card']}")


def link_bank_account(errand: Errand) -> None:
    """Link the bank account: level 2."""
    body = {"phone": "15400000018"}
    errand.ask("link bank account", "POST", f"/v1/cards/{errand.known['card']}/bank-account", lambda: body)


def unlink_bank_account(errand: Errand) -> None:
    """Back to level 1."""
    errand.ask("unlink bank account", "DELETE", f"/v1/cards/{errand.known['card']}/bank-account")


def take_another_phone(errand: Errand) -> None:
    """The same person with another account."""
    errand.known["who"] = Somebody("zhang-wei-2", ZHANG.name, ZHANG.number)
    for part in (log_in, open_scan, scan_face, complete_scan):
        part(errand)
        errand.rest()


def move_card(errand: Errand) -> None:
    """Have the card here instead of there."""
    body = {"verificationId": errand.known["verification"], "move": True}
    errand.ask("move card", "POST", "/v1/cards", lambda: body)


def hear_from_the_bureau(errand: Errand) -> None:
    """The bureau tells that the physical card was locked."""
    body = {"cardNumber": card_number(ZHANG.number), "version": 2, "status": "locked"}
    errand.tell("bureau tells", errand.outside.bureau, "POST", "/v1/callbacks/physical-cards", body)


# -- uses
def redeem(errand: Errand) -> None:
    """The pharmacy hands in what it took without a network."""
    told = {"presentedAt": rfc3339(errand.known["shown_at"]), "amountFen": 1200}
    body = {"code": errand.known["offline_code"], "businessType": "02121", **told, **TERMINAL}
    errand.tell("redeem", errand.outside.pharmacy, "POST", _REDEEM, body)


def show_offline_code(errand: Errand) -> None:
    """Show a code at a counter without a network; it is handed in an hour later."""
    errand.known["shown_at"] = errand.clock()
    show_code(errand)
    errand.clock.turn(minutes=20)


def spend_twice(errand: Errand) -> None:
    """Another pharmacy hands in the same code."""
    told = {"presentedAt": rfc3339(errand.known["shown_at"]), "amountFen": 900}
    body = {"code": errand.known["offline_code"], "businessType": "02121", **told, **TERMINAL}
    errand.tell("spend twice", errand.outside.other_pharmacy, "POST", _REDEEM, body, over="code-double-spent")


def be_decoded(errand: Errand) -> None:
    """A pharmacy scans a code, and the holder sees it in the log."""
    show_code(errand)
    decode(errand)
    answer = errand.ask("look at usages", "GET", "/v1/usages")
    errand.known["usage"] = max(answer.json["items"], key=itemgetter("id"))["id"]


def not_me(errand: Errand) -> None:
    """That was somebody else."""
    errand.ask("not me", "POST", f"/v1/usages/{errand.known['usage']}/not-me")


# -- counters
def put_up_counter_code(errand: Errand) -> None:
    """The pharmacy hangs a code at its counter."""
    body = {"officeId": "of-1", "deviceId": "dev-1", "businessType": "02121"}
    path = "/v1/institutions/me/counter-codes"
    answer = errand.tell("put up counter code", errand.outside.pharmacy, "POST", path, body)
    errand.known["counter_code"] = answer.json["code"]


def share_card(errand: Errand) -> None:
    """Scan it; the pharmacy is told and reads who came."""
    body = {"cardId": errand.known["card"], "code": errand.known["counter_code"]}
    errand.ask("share card", "POST", "/v1/presences", lambda: body)


def show_licence(errand: Errand) -> None:
    """Show the card's face."""
    errand.ask("show licence", "POST", "/v1/licences", lambda: {"cardId": errand.known["card"]})
