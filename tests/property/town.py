"""A small town on a cloud in memory: phones, terminals and the bureau, calling the real API as they do outside.

It knows HTTP and what was learnt from answers; never what an answer ought to be.
"""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from io import StringIO
from itertools import count
from typing import Any, TypeVar

import pytest

from chalicelib import wiring
from chalicelib.cards import blocks
from chalicelib.exchange.model import Department as Registered
from chalicelib.exchange.model import Limits
from chalicelib.institutions.model import Kind, Registration
from chalicelib.platform import log
from tests.api import Api, ApiAnswer
from tests.clock import HeldClock
from tests.cloud import QUEUES
from tests.fakes import Party, unb64
from tests.memory.calls import Died, Strike
from tests.memory.cloud import Place, cold_start, place
from tests.parties import HOSPITAL, PHARMACY, a_party
from tests.property.life import Asked, Life, Phone, Send, Token
from tests.property.people import Office, Resident

T = TypeVar("T")
BEGINNING = datetime(2026, 11, 23, 23, 58, 30, tzinfo=UTC)
"""A minute and a half before the codes' day ends."""
OTHER_PHARMACY = "pha_01JAPHARMACY0000000000000B"
TERMINALS = (PHARMACY, OTHER_PHARMACY, HOSPITAL)
BUREAU = 3
"""The party that tells of physical cards."""
SCHEDULE: dict[str, Any] = {
    "version": "0",
    "id": "1",
    "source": "aws.events",
    "detail-type": "Scheduled Event",
    "account": "123456789012",
    "region": "us-east-1",
    "time": "2026-11-23T00:00:00Z",
    "resources": [],
    "detail": {},
}
_serial = count(1)


@dataclass(repr=False)
class Town:
    """Everybody, and the API."""

    place: Place
    api: Api
    log: StringIO
    parties: list[Party] = field(default_factory=list)
    life: Life = field(default_factory=Life)

    def __repr__(self) -> str:
        return "town"

    @property
    def clock(self) -> HeldClock:
        return self.place.clock

    @property
    def people(self) -> list[Resident]:
        return self.life.people

    @property
    def phones(self) -> list[Phone]:
        return self.life.phones

    # -- processes
    def live(self, send: Callable[[], T], strike: Strike | None = None) -> T:
        """One request or event in a process of its own. Raises Died; the next process starts cold."""
        try:
            return self.place.cloud.live(send, strike)
        except Died:
            cold_start()
            raise

    # -- the citizens' requests
    def call(self, token: Token, method: str, path: str, body: object = None) -> Send:
        """A request of a phone, made once, to be sent any number of times."""
        return partial(self.api.call, method, path, body, token=token.text)

    def bare(self, path: str, body: object) -> Send:
        """A request that shows no token."""
        return partial(self.api.call, "POST", path, body)

    def log_in(self, phone: Phone) -> ApiAnswer:
        """Log in with a fresh code."""
        return self.bare("/v1/sessions", {"authCode": f"{phone.open_id}/{next(_serial)}"})()

    def everybody_scans(self) -> None:
        """Whoever is asked to looks into the camera, and it is them."""
        self.life.scans = dict.fromkeys(self.life.scans, "T")

    # -- the parties' requests
    def ask(self, party: int, path: str, body: Mapping[str, Any], key: str = "") -> Asked:
        """A request of its own."""
        key = key or f"request-{next(_serial)}"
        return self.sign(Asked(party, path, body, key, "", 0, lambda: ApiAnswer(0, {}, b"")))

    def sign(self, asked: Asked) -> Asked:
        """The same request, signed anew."""
        signer, raw = self.parties[asked.party], json.dumps(asked.body).encode()
        nonce, now = f"nonce-{next(_serial):016d}", int(self.clock().timestamp())
        headers = signer.headers("POST", asked.path, raw, key=asked.key, now=now, nonce=nonce)
        send = partial(self.api.call, "POST", asked.path, raw, headers=headers)
        made = replace(asked, signature=nonce, signed_at=now, send=send)
        if asked.party != BUREAU:
            self.life.asked.append(made)
        return made

    # -- streams and queues
    def relay(self, again: int) -> Callable[[], bool] | None:
        """The relay's next delivery, beginning with as many changes as it had `again`."""
        changes = self.place.cloud.changes()
        begin = max(0, self.life.relayed - again)
        if begin == len(changes):
            return None
        event, end = self.place.cloud.event(changes[begin:]), len(changes)

        def deliver() -> bool:
            self.place.cloud.invoke("relay", event)
            self.life.relayed = max(end, self.life.relayed)
            return True

        return deliver

    def catch_up(self) -> None:
        """A minute has passed for every replica: the index shows what is due."""
        self.place.cloud.lag(lagging=self.life.lagging)

    def sweep(self) -> None:
        """The schedule's round; what follows waits in streams and queues."""
        self.place.cloud.invoke("sweep", SCHEDULE)

    def waiting(
        self, queue: str, which: int, *, twice: bool
    ) -> tuple[dict[str, Any], Callable[[], bool]] | None:
        """A waiting message, and its delivery: whether it was worked on, and so is gone (unless it came `twice`)."""
        cloud = self.place.cloud
        found = cloud.waiting(queue)
        if which >= len(found):
            return None
        message = found[which]

        def deliver() -> bool:
            record = message.record(cloud.arns[queue])
            failed = (cloud.invoke(QUEUES[queue], {"Records": [record]}) or {}).get("batchItemFailures")
            if not failed and not twice and message in found:  # it may have been delivered twice at once
                found.remove(message)
            return not failed

        return json.loads(message.body), deliver

    # -- the payment app
    def _token(self, asked: dict[str, Any]) -> Mapping[str, Any]:
        return {"open_id": asked["code"].partition("/")[0], "access_token": "a", "expires_in": "300"}

    def _open_scan(self, asked: dict[str, Any]) -> Mapping[str, Any]:
        certify_id = "certify" + asked["biz_content"]["outer_order_no"][-26:]
        self.life.scans.setdefault(certify_id, "")
        return {"certify_id": certify_id}

    def _scan_result(self, asked: dict[str, Any]) -> Mapping[str, Any]:
        return {"passed": self.life.scans[asked["biz_content"]["certify_id"]] or "F"}

    def open_up(self) -> None:
        """Connect departments, terminals, the bureau and the payment app."""
        app = self.place.payment_app
        app.says("alipay.system.oauth.token", self._token)
        app.says("alipay.user.certify.open.initialize", self._open_scan)
        app.says("alipay.user.certify.open.query", self._scan_result)
        for name in ("social-security", "civil-registry"):
            office = Office(name, self.place.world, people=lambda: self.people)
            wiring.exchange().register(
                Registered(
                    id=office.id,
                    name_zh="部门",
                    name_en="Department",
                    endpoint=office.endpoint,
                    key_id=office.kid,
                    public_key=unb64(office.public_key),
                    limits=Limits(attempts=1),  # what fails once is to be seen to fail
                )
            )
        self.parties = [*(a_party(each) for each in TERMINALS), a_bureau()]
        self.place.cloud.settle()

    def secrets(self) -> list[str]:
        """What no log line, no error and no item may hold."""
        return [
            text
            for each in self.life.people
            for text in (each.name, each.number, each.card_number, each.phone)
        ]


def _never_twice(length: int) -> bytes:
    """The chance within a code: of 32768 codes of one second two may be the same, but not in a test."""
    return next(_serial).to_bytes(4, "big")[-length:]


def a_bureau() -> Party:
    """The bureau, registered."""
    party = Party("bur_01JABVREAV0000000000000000")
    keys = {party.key_name: party.public_key}
    wiring.institutions().register(
        Registration(id=party.id, kind=Kind.BUREAU, name="社保局", endpoint=None, keys=keys)
    )
    return party


@contextmanager
def town() -> Iterator[Town]:
    """A town that has just opened."""
    kept = StringIO()
    log._logger()  # makes the handler
    handler = logging.getLogger("zerotrip").handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    before, handler.stream = handler.stream, kept
    try:
        with (
            pytest.MonkeyPatch.context() as patch,
            place(HeldClock(BEGINNING)) as here,
            redirect_stdout(kept),
        ):
            patch.setattr(blocks, "token_bytes", _never_twice)
            made = Town(here, Api(), kept)
            made.open_up()
            yield made
    finally:
        handler.stream = before
