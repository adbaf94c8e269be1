"""What families do: grant mandates and end them, carry each other's cards and show codes of them."""

from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from chalicelib.types import rfc3339
from tests.property.by_citizens import Proof, by, done, sent, token_of
from tests.property.by_holders import ShowCode, learn_card, older_of
from tests.property.by_terminals import Decode
from tests.property.deeds import Answer, Ready, Stage
from tests.property.facts import OK, Mandate, Problem
from tests.property.ideal import Ideal
from tests.property.people import CHILD, GUARDIAN, SIXTEEN_ON


@dataclass(frozen=True)
class Grant:
    """Act for somebody whose face is scanned here; a child under 16 is named, and its guardian's face scanned."""

    phone: int
    member: int
    relation: str
    actions: tuple[str, ...]
    lasting: int
    proof: Proof

    def ready(self, stage: Stage) -> Ready | None:
        agent = stage.ideal.known.get(self.phone)
        if agent is None:
            return None
        token, named = token_of(stage, self.phone), self.member == CHILD
        scan_id = self.proof.scan(stage, self.phone, agent if named else self.member, "mandate")
        if scan_id is None:
            return None
        scan = stage.ideal.scans[scan_id]
        relation = "child" if named else self.relation
        until = SIXTEEN_ON if named else stage.ideal.now + self.lasting
        member = self.member if named else scan.person
        wanted = Mandate(agent, self.phone, member, relation, self.actions, until, scan_id)

        def granted(ideal: Ideal) -> None:
            ideal.rely(token.session, "mandate", scan_id, agent if named else None)
            if named and ideal.now >= SIXTEEN_ON:
                raise Problem("face-required")
            if ideal.now >= until:
                raise Problem("payload-invalid")
            if named and not _met(ideal, wanted):
                _confirmed(ideal, self.phone, agent)
            ideal.grant(wanted, scan)

        body: dict[str, Any] = {
            "relation": relation,
            "actions": list(self.actions),
            "verificationId": scan_id,
        }
        child = stage.town.people[CHILD]
        named_child = {"member": {"realName": child.name, "idNumber": child.number}}
        body |= named_child if named else {"until": rfc3339(datetime.fromtimestamp(until, UTC))}
        return Ready(
            f"{self}",
            send=partial(sent, stage.town.call(token, "POST", "/v1/mandates", body)),
            ought=by(token, granted),
            learn=partial(_learn_mandate, wanted),
        )


def _confirmed(ideal: Ideal, phone: int, agent: int) -> None:
    """The registry is asked about the agent by name and number, as their own card has them."""
    if not any(card.owner == phone and card.in_wallet for card in ideal.cards):
        raise Problem("person-unknown")
    if agent != GUARDIAN:
        raise Problem("not-a-guardian")


def _met(ideal: Ideal, wanted: Mandate) -> bool:
    return any((each.scan, each.member) == (wanted.scan, wanted.member) for each in ideal.mandates)


def _learn_mandate(wanted: Mandate, ideal: Ideal, answer: Answer) -> None:
    for each in ideal.mandates:
        if (each.scan, each.member) == (wanted.scan, wanted.member):
            each.id = answer.json["id"]


def mandate_of(stage: Stage, older: int) -> int | None:
    """A mandate: the newest first."""
    found = len(stage.ideal.mandates) - 1 - older
    return found if found >= 0 else None


@dataclass(frozen=True)
class Carry:
    """Take the member's card into the wallet; by whoever holds the mandate, or by `phone`."""

    phone: int | None
    older: int

    def ready(self, stage: Stage) -> Ready | None:
        place = mandate_of(stage, self.older)
        if place is None:
            return None
        mandate = stage.ideal.mandates[place]
        phone = mandate.phone if self.phone is None else self.phone
        token, member = token_of(stage, phone), stage.town.people[mandate.member]
        body = {"mandateId": mandate.id}

        def carried(ideal: Ideal) -> None:
            """The bureau answers by its records as they are when asked: a clerk may just have changed them."""
            ideal.carry(phone, place, (member.status, member.version))

        return Ready(
            f"{self} by mandate {place}",
            send=partial(sent, stage.town.call(token, "POST", "/v1/cards", body)),
            ought=by(token, carried),
            learn=partial(learn_card, mandate.member),
        )


@dataclass(frozen=True)
class ShowFamilyCode:
    """Show a code of a relative's card."""

    older: int

    def ready(self, stage: Stage) -> Ready | None:
        carried = list(stage.ideal.carried)
        if self.older >= len(carried):
            return None
        phone, place = carried[-1 - self.older]
        return ShowCode(phone, older_of(stage, phone, place)).ready(stage)


@dataclass(frozen=True)
class DecodeFamilyCode:
    """Scan a code that a relative has just shown."""

    party: int
    business_type: str

    def ready(self, stage: Stage) -> Ready | None:
        ready = ShowFamilyCode(0).ready(stage)
        if ready is None or ready.expected(deepcopy(stage.ideal)) != OK:
            return None
        done(stage, ready)
        return Decode(self.party, None, 0, self.business_type).ready(stage)


@dataclass(frozen=True)
class Revoke:
    """End a mandate, from either side."""

    phone: int
    older: int

    def ready(self, stage: Stage) -> Ready | None:
        place = mandate_of(stage, self.older)
        if place is None:
            return None
        token, path = token_of(stage, self.phone), f"/v1/mandates/{stage.ideal.mandates[place].id}"
        return Ready(
            f"{self} (mandate {place})",
            send=partial(sent, stage.town.call(token, "DELETE", path)),
            ought=by(token, lambda ideal: ideal.revoke(self.phone, place)),
        )


@dataclass(frozen=True)
class Sweep:
    """The schedule's round."""

    def ready(self, stage: Stage) -> Ready:
        stage.town.catch_up()
        return Ready("sweep", send=lambda: swept(stage), ought=Ideal.sweep)


def swept(stage: Stage) -> Answer:
    """One round."""
    stage.town.sweep()
    return Answer(OK)
