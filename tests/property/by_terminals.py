"""What terminals do with codes that were shown to them: decode, repeat, and what a thief of their requests does."""

from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from chalicelib.types import rfc3339
from tests.property.by_citizens import done, sent
from tests.property.by_holders import ShowCode
from tests.property.deeds import Answer, Ready, Stage
from tests.property.facts import OK, Problem, Use
from tests.property.ideal import Ideal
from tests.property.life import Asked

DECODE, REDEEM = "/v1/terminal/card-codes/decode", "/v1/terminal/card-codes/redeem"
SIGNATURE_LIFE = 120
TOLD = {
    "01101": ("holder", "realName"),
    "01104": ("holder",),
    "01301": ("holder", "realName", "idNumber"),
    "02121": ("holder", "realName", "idNumber"),
}
"""Business type -> all that it may be told."""


@dataclass(frozen=True)
class Decode:
    """Scan a code with a request of its own: one that `phone` has just shown, or one that was shown before."""

    party: int
    phone: int | None
    older: int
    business_type: str

    def ready(self, stage: Stage) -> Ready | None:
        if self.phone is not None:
            _show(stage, self.phone)
        code = code_of(stage, self.older)
        if code is None:
            return None
        return _ready(stage, stage.town.ask(self.party, DECODE, _body(code, self.business_type)), code)


@dataclass(frozen=True)
class Redeem:
    """Hand an offline code in that was taken without a network: shown so long after it was made, for so much."""

    party: int
    phone: int | None
    older: int
    since_made: int
    to_now: bool
    amount: int

    def ready(self, stage: Stage) -> Ready | None:
        if self.phone is not None:
            _show(stage, self.phone)
        codes = [name for name, each in stage.ideal.codes.items() if each.kind == "offline-qr"]
        if not codes:
            return None
        code = codes[-1 - min(self.older, len(codes) - 1)]
        since = stage.ideal.now if self.to_now else stage.ideal.codes[code].minted_at
        moment = datetime.fromtimestamp(since + self.since_made, UTC)
        paid = {"presentedAt": rfc3339(moment), "amountFen": self.amount}
        return _ready(stage, stage.town.ask(self.party, REDEEM, _body(code, "02121") | paid), code)


@dataclass(frozen=True)
class DecodeAgain:
    """The terminal repeats a request, signed anew: it lost the answer."""

    older: int

    def ready(self, stage: Stage) -> Ready | None:
        asked = _asked(stage, self.older)
        return _ready(stage, stage.town.sign(asked), asked.body["code"]) if asked else None


@dataclass(frozen=True)
class Replay:
    """Somebody sends a terminal's very request once more."""

    older: int

    def ready(self, stage: Stage) -> Ready | None:
        asked = _asked(stage, self.older)
        if asked is None or asked.key in stage.town.life.unsure:
            return None
        ready = _ready(stage, asked, asked.body["code"])
        return replace(ready, again=ready.send)


def _show(stage: Stage, phone: int) -> None:
    """A code of the phone's own card, where there is one that can be used."""
    ready = ShowCode(phone, 0).ready(stage)
    if ready and ready.expected(deepcopy(stage.ideal)) == OK:
        done(stage, ready)


def code_of(stage: Stage, older: int) -> str | None:
    """A code that was shown; the newest first."""
    codes = list(stage.ideal.codes)
    return codes[-1 - min(older, len(codes) - 1)] if codes else None


def _body(code: str, business_type: str) -> dict[str, Any]:
    told = {"operatorId": "op-1", "officeId": "of-1", "deviceId": "dev-1", "nonce": "n-1"}
    return {"code": code, "businessType": business_type, **told}


def _asked(stage: Stage, older: int) -> Asked | None:
    asked = stage.town.life.asked
    return asked[-1 - min(older, len(asked) - 1)] if asked else None


def _repeated(stage: Stage, asked: Asked) -> Asked:
    """The request signed anew, because its process died: nobody knows which of both it was that counted."""
    stage.town.life.unsure.add(asked.key)
    return stage.town.sign(asked)


def _ready(stage: Stage, asked: Asked, code: str) -> Ready:
    body = asked.body
    paid = (body["presentedAt"], body["amountFen"]) if asked.path == REDEEM else None
    use = Use(asked.party, body["businessType"], f"{asked.key} {paid}", asked.signature)

    def ought(ideal: Ideal) -> None:
        if ideal.now >= asked.signed_at + SIGNATURE_LIFE:
            raise Problem("signature-stale")
        if paid is None:
            ideal.decode(code, use)
        else:
            presented = int(datetime.fromisoformat(paid[0]).timestamp())
            ideal.redeem(code, use, presented, paid[1])

    return Ready(
        f"{asked.key} of terminal {asked.party} hands in code {list(stage.ideal.codes).index(code)} {paid or ''}",
        send=partial(sent, asked.send),
        again=lambda: sent(_repeated(stage, asked).send),
        ought=ought,
        check=partial(_look, stage, body["businessType"], code),
    )


def _look(stage: Stage, business_type: str, code: str, ideal: Ideal, answer: Answer) -> None:
    """The answer holds what the business type needs, of the right person, and nothing else."""
    card = ideal.cards[ideal.codes[code].card]
    person, told = stage.town.people[card.person], answer.json["attributes"]
    values = {"holder": person.masked, "realName": person.name, "idNumber": person.number}
    assert told == {name: values[name] if name in TOLD[business_type] else None for name in values}
    assert answer.json["card"]["level"] == card.level
