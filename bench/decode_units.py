"""The row `decode-units`: what DynamoDB bills for showing a code and for each way to use one, against the least.

The calls are those of the real routes, on a cloud in memory. Left out is what a process asks once a minute.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from bench.ground import Ground
from bench.measure import Row
from bench.silence import silence
from bench.units import Units, billed
from tests.api import Api, ApiAnswer
from tests.builders import an_identity_number
from tests.bureau import Bureau, a_bureau
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.families import Relative, a_civil_registry, by_own_face
from tests.memory.cloud import Place, place
from tests.parties import a_party, redeem, scan

GOAL = 1.0
LEAST = {
    "mint": Units(read=1),
    "decode own": Units(read=1, write=1),
    "decode family": Units(read=2, write=1),
    "redeem": Units(read=1, write=1),
}
"""The account; the card and its use; the mandate besides; the card and its use. All seen as they stand this moment."""
_PHONE = "13800000018"
_SETTLEMENT = "02121"


class Meter:
    """DynamoDB's client, with the units of every call added up."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.units = Units()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def metered(**arguments: Any) -> Any:
            answer = getattr(self._client, name)(**arguments)
            self.units += billed(name, arguments, answer)
            return answer

        return metered


def measure(_: Ground) -> Row:
    """Each use once: units have no spread."""
    units = counted()
    ours, least = (sum((each.read + each.write) for each in told.values()) for told in (units, LEAST))
    by_use = ", ".join(f"{name} {units[name]}" for name in LEAST)
    verdict = (
        ""
        if ours <= least
        else f"missed by {(ours / least - 1) * 100:.0f} %: an item is larger than a unit; "
    )
    return Row("decode-units", ours, "units", least, GOAL, 1, f"{verdict}{by_use}")


def counted() -> dict[str, Units]:
    """Use -> the units that it takes."""
    with silence(), _town() as town:
        first = town.scan(town.mint(town.own))
        assert first.status == 200, first.json
        own, relative = town.mint(town.own), town.mint(town.carried)
        return {
            "mint": town.units(partial(town.show, town.own)),
            "decode own": town.units(partial(town.scan, own)),
            "decode family": town.units(partial(town.scan, relative)),
            "redeem": town.units(partial(town.redeem, town.show(town.own).json["offlineCode"])),
        }


class Town:
    """Somebody whose card can pay, and who carries a relative's; and a pharmacy."""

    def __init__(self, held: Place) -> None:
        self.place, self.api, self.clock = held, Api(), held.clock
        bureau = a_bureau(held.world)
        a_civil_registry(held.world)
        self.pharmacy = a_party()
        self.phone = Phone(self.api, held.payment_app)
        self.own = self._card(bureau)
        self.carried = self._carried(bureau)

    def _card(self, bureau: Bureau) -> str:
        account = {"phone": _PHONE, "active": True, "bank": "杭州银行", "accountMasked": "**** 0018"}
        bureau.insures(self.phone.name, self.phone.number)
        bureau.accounts[self.phone.number] = account
        card_id: str = self.phone.card()["id"]
        self._post(f"/v1/cards/{card_id}/bank-account", {"phone": _PHONE})
        return card_id

    def _carried(self, bureau: Bureau) -> str:
        elder = Relative("王芳", an_identity_number())
        bureau.insures(elder.name, elder.number)
        mandate = by_own_face(self.phone, elder, actions=["cards"]).json["id"]
        card_id: str = self._post("/v1/cards", {"mandateId": mandate}).json["id"]
        return card_id

    def _post(self, path: str, body: object = None) -> ApiAnswer:
        answer = self.api.post(path, body, token=self.phone.token)
        assert answer.status < 300, answer.json
        return answer

    def show(self, card_id: str) -> ApiAnswer:
        """Codes of a card."""
        return self._post(f"/v1/cards/{card_id}/codes")

    def mint(self, card_id: str) -> str:
        """An online code of a card."""
        return str(self.show(card_id).json["code"])

    def scan(self, code: str) -> ApiAnswer:
        """The pharmacy's terminal scans it."""
        return scan(self.api, self.pharmacy, self.clock, code, _SETTLEMENT)

    def redeem(self, code: str) -> ApiAnswer:
        """The pharmacy's terminal redeems what it took."""
        return redeem(self.api, self.pharmacy, self.clock, code)

    def units(self, use: Callable[[], ApiAnswer]) -> Units:
        """The units of one use, which must succeed."""
        clients = self.place.cloud.clients
        before, meter = clients["dynamodb"], Meter(clients["dynamodb"])
        clients["dynamodb"] = meter
        answer = use()
        clients["dynamodb"] = before
        assert answer.status < 300, answer.json
        return meter.units


@contextmanager
def _town() -> Iterator[Town]:
    with place(HeldClock()) as held:
        held.begin()
        yield Town(held)
