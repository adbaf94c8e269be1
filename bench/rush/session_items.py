"""Our own hold on a DynamoDB: `claims.claim` and `ClinicStore.take`, as the service makes them, by its own client.

Any time of a session will do: the slot is chosen from what the last answer or refusal showed of the session.
"""

import os
import random
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Lock
from typing import Any

from bench.rush.rules import Answer, Memory, Sale, Tally, Turn
from bench.units import billed, refused_units
from chalicelib.appointments.errors import AlreadyRegistered, SlotTaken
from chalicelib.appointments.model.claims import HOLD_LIFE, Claim, Seen, claim
from chalicelib.appointments.model.clinic import Clinic
from chalicelib.appointments.model.directory import Session
from chalicelib.appointments.model.places import Hold, clinic_number, milliseconds, person_token
from chalicelib.appointments.store.clinics import ClinicStore, Refused
from chalicelib.errors import Unavailable
from chalicelib.platform import aws
from chalicelib.platform.dynamo import Table, commit

_TABLE = "ClinicTable"
_MINUTES = 3
_CITIZEN = "ctz_{:026d}"
_CARD = "card_{:026d}"


class SessionItems:
    """One container that holds slots of a rush's sessions."""

    def __init__(self, turn: Turn, memory: Memory, tally: Tally) -> None:
        self.sessions = [_session(turn, index) for index in range(len(turn.places))]
        self.clinics = [clinic_number(each.practitioner_id, each.starts_at) for each in self.sessions]
        self.store, self.memory, self.tally = ClinicStore(Table(_TABLE)), memory, tally

    @classmethod
    def prepare(cls, turn: Turn) -> None:
        """Make the table unless it is there, and publish the rush's sessions."""
        _bind(turn.address)
        client = aws.dynamodb()
        if _TABLE not in client.list_tables()["TableNames"]:
            client.create_table(
                TableName=_TABLE,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            )
        made = cls(turn, Memory(), Tally())
        for number, session in zip(made.clinics, made.sessions, strict=True):
            commit(made.store.publish(number, session, lambda _: Unavailable()))

    @classmethod
    def open(cls, turn: Turn, memory: Memory, tally: Tally) -> "SessionItems":
        """A container whose client is bound to the rush's engine and metered."""
        _bind(turn.address)
        _meter(tally)
        return cls(turn, memory, tally)

    def warm(self) -> None:
        """Open the connection."""
        self.store.find(self.clinics[0])

    def hold(self, session: int, person: int) -> tuple[Answer, Sale | None]:
        """One conditional write, or none where the session is known to be full or to have this person."""
        seen = self._seen(session)
        token = person_token(str(person), self.clinics[session])
        try:
            index, made = self._choice(session, seen, token)
            place = self.sessions[session].place(self.clinics[session], index)
            clinic = self.store.take(place, made, _CITIZEN.format(person), _CARD.format(person))
        except AlreadyRegistered:
            return Answer.ALREADY, None
        except SlotTaken:
            return Answer.FULL, None
        except Refused as refusal:
            self._saw(session, refusal.clinic)
            return Answer.LOST, None
        self._saw(session, clinic)
        return Answer.HELD, Sale(session, index, person, made.hold.until_ms)

    def _choice(self, session: int, seen: Seen, token: int) -> tuple[int, Claim]:
        """A slot that can be had, as far as is known. Raises AlreadyRegistered, SlotTaken where there is none."""
        now = datetime.now(UTC)
        until_ms = milliseconds(now + HOLD_LIFE)
        places = self.sessions[session].places
        for index in random.sample(range(places), places):
            place = self.sessions[session].place(self.clinics[session], index)
            try:
                return index, claim(seen, place, token, milliseconds(now), until_ms)
            except SlotTaken:
                continue
        raise SlotTaken

    def _seen(self, session: int) -> Seen:
        clinic = self.memory.recall(session)
        return clinic.seen if clinic else Seen()

    def _saw(self, session: int, clinic: Clinic | None) -> None:
        """Keep what a call showed, unless somebody beside saw something newer."""
        assert clinic, "the session is gone"
        before = self.memory.recall(session)
        if not before or clinic.version > before.version:
            self.memory.keep(session, clinic)

    def audit(self, sales: list[Sale]) -> tuple[int, int]:
        """By the items as they stand."""
        found = [self.store.find(number) for number in self.clinics]
        stands = {
            (sale.session, sale.slot): sale.person
            for sale in sales
            if (clinic := found[sale.session]) and clinic.holds(self._hold(sale))
        }
        free = sum(self._free(index, clinic) for index, clinic in enumerate(found) if clinic)
        return min(len(stands), len(set(stands.values()))), free

    def _hold(self, sale: Sale) -> Hold:
        number = self.clinics[sale.session]
        return Hold(number, sale.slot, sale.proof, person_token(str(sale.person), number))

    def _free(self, session: int, clinic: Clinic) -> int:
        """How many slots a stranger could still take."""
        free, now = 0, milliseconds(datetime.now(UTC))
        for index in range(clinic.places):
            try:
                claim(clinic.seen, self.sessions[session].place(clinic.number, index), 0, now, now + 1)
                free += 1
            except SlotTaken:
                continue
        return free


def _session(turn: Turn, index: int) -> Session:
    morning = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
    return Session(
        hospital_id="hos_01JAHASPTA00000000000000AB",
        hospital_name="杭州市第一人民医院",
        department_id="dep_01JADEPARTMENT00000000000A",
        department_name="内科",
        practitioner_id=f"{turn.name}-{index}",
        practitioner_name="沈敏",
        practitioner_title="主任医师",
        starts_at=morning,
        minutes=_MINUTES,
        places=turn.places[index],
        fee_fen=50_00,
    )


def _bind(address: str) -> None:
    """Before this process's first client: it is made once."""
    os.environ["AWS_ENDPOINT_URL"] = address


def _meter(tally: Tally) -> None:
    """Price every write of this process's client where the SDK has its answer."""
    events = aws.dynamodb().meta.events
    events.register("before-parameter-build.dynamodb.UpdateItem", _ask)
    events.register("after-call.dynamodb.UpdateItem", partial(_price, tally, Lock()))


def _ask(params: dict[str, Any], context: dict[str, Any], **_: object) -> None:
    params["ReturnConsumedCapacity"] = "TOTAL"
    context["asked"] = params


def _price(tally: Tally, one: Lock, parsed: dict[str, Any], context: dict[str, Any], **_: object) -> None:
    """Eight threads share a container's tally: what one adds must not be lost to what another read before."""
    if "Error" in parsed:
        _complete(parsed, context["asked"])
        refused, written, told = refused_units(parsed["Item"]), 0, 0.0
    else:
        refused, told = 0, parsed["ConsumedCapacity"]["CapacityUnits"]
        written = billed("update_item", context["asked"], parsed).write
    with one:
        tally.calls += 1
        tally.refused_units += refused
        tally.units += written
        tally.told_units += told


def _complete(refusal: dict[str, Any], asked: dict[str, Any]) -> None:
    """DynamoDB's refusal shows the item; that of DynamoDB Local's npm copy does not: a read of it stands in."""
    if "Item" not in refusal:
        refusal["Item"] = aws.dynamodb().get_item(
            TableName=asked["TableName"], Key=asked["Key"], ConsistentRead=True
        )["Item"]
