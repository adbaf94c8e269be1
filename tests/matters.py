"""A withdrawal's parties as tests play them: the departments that are asked, the fund's payment desk, an applicant."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha512
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chalicelib import wiring
from chalicelib.exchange.model import Department as Registered
from chalicelib.identity.model.accounts import Citizen
from chalicelib.identity.model.faces import Purpose
from chalicelib.matters.model.applications import Application
from chalicelib.platform.clock import system_clock
from chalicelib.platform.keys import b64url
from chalicelib.platform.tokens import compact_json
from tests.builders import NAMES, an_auth_code, an_identity_number
from tests.fakes import Department, PaymentApp, Received, Sent, World, raw_public_key, unb64
from tests.parties import a_department

ITEM = "provident-fund-withdrawal"
PAYER = "provident-fund-payments"
QUOTA = 4_500_00
BALANCE = 30_000_00
Told = dict[str, Any]
HEALTHY: dict[str, Told] = {
    "real-estate": {"holds": True, "region": "330100"},
    "civil-registry": {
        "householdType": "rural",
        "address": "-",
        "relation": "head",
        "alive": True,
        "region": "320100",
    },
    "civil-affairs": {"status": "single", "ofAge": True, "electronic": True, "region": "330100"},
    "provident-fund": {
        "accountStatus": "normal",
        "balanceFen": BALANCE,
        "monthlyFen": 1_000_00,
        "depositedMonths": 30,
        "firstDepositOn": "2024-05-01",
        "employer": "-",
        "region": "330100",
    },
}


@dataclass
class Fund:
    """The payment desk: one payment per number. `mood` says what goes wrong."""

    world: World
    mood: str = ""
    refuses: str = ""
    orders: dict[str, Told] = field(default_factory=dict)
    payments: list[str] = field(default_factory=list)
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    def __post_init__(self) -> None:
        self.world.on("/fund/orders", self._answering(self._order))
        self.world.on("/fund/queries", self._answering(self._query))
        wiring.exchange().register(
            Registered(
                id=PAYER,
                name_zh="公积金",
                name_en="Fund",
                endpoint=f"{self.world.origin}/fund",
                key_id="k1",
                public_key=unb64(raw_public_key(self.key)),
            )
        )

    def asked(self, what: str) -> list[Told]:
        """What came to one of the calls."""
        return [each.json for each in self.world.at(f"/fund/{what}")]

    def _order(self, asked: Told) -> Told:
        number = asked["orderNumber"]
        if number not in self.orders:
            paid = {"status": "paid", "amountFen": asked["amountFen"], "bank": "杭州银行"}
            paid |= {"accountMasked": "**** 1234", "paidAt": int(system_clock().timestamp())}
            refused = {"status": "refused", "reason": self.refuses}
            late = {"status": "accepted"}
            self.orders[number] = refused if self.refuses else late if self.mood == "accepting" else paid
            if self.orders[number] is paid:
                self.payments.append(number)
        return self.orders[number]

    def _query(self, asked: Told) -> Told:
        return self.orders.get(asked["orderNumber"], {"status": "absent"})

    def _answering(self, call: Callable[[Told], Told]) -> Callable[[Received], Sent]:
        def answer(request: Received) -> Sent:
            if self.mood == "down":
                return Sent(503)
            told = call(request.json)
            if self.mood == "lost":
                return Sent(503)
            return self._signed(request, told)

        return answer

    def _signed(self, request: Received, told: Told) -> Sent:
        body = b"another" if self.mood == "another-request" else request.body
        bent = (
            {"amountFen": told["amountFen"] + 1} if self.mood == "miscounting" and "amountFen" in told else {}
        )
        claims = {
            "iss": PAYER,
            "requestId": request.json["requestId"],
            "requestHash": b64encode(sha512(body).digest()).decode(),
            "orderNumber": "wdo_another" if self.mood == "another-order" else request.json["orderNumber"],
            "iat": int(system_clock().timestamp()) + (3600 if self.mood == "future" else 0),
            **told,
            **bent,
        }
        key = Ed25519PrivateKey.generate() if self.mood == "forged" else self.key
        message = f"{b64url(compact_json({'alg': 'EdDSA', 'kid': 'k1', 'typ': 'order+jwt'}))}."
        message += b64url(compact_json(claims))
        return Sent(200, f"{message}.{b64url(key.sign(message.encode()))}".encode(), "application/jose")


@dataclass
class Town:
    """The departments and the fund, all of them healthy at first."""

    world: World
    departments: dict[str, Department] = field(init=False)
    fund: Fund = field(init=False)

    def __post_init__(self) -> None:
        self.departments = {name: a_department(name, self.world) for name in HEALTHY}
        self.fund = Fund(self.world)

    def knows(self, number: str, name: str, **changed: Told | None) -> None:
        """What the departments say about somebody; by department, with _ for -: fields that differ, None for none."""
        for department, fake in self.departments.items():
            told = changed.get(department.replace("-", "_"), {})
            fake.names[number] = name
            fake.facts[number] = None if told is None else HEALTHY[department] | told

    def asked(self, department: str) -> list[Received]:
        """Every question to a department."""
        return self.world.at(self.departments[department].path)


@dataclass(frozen=True, slots=True)
class Applicant:
    """Somebody whose face was scanned, and whom the departments know."""

    citizen: Citizen
    number: str
    name: str
    verification_id: str

    def applies(self, asked_fen: int | None = None, scan: str = "") -> Application:
        """Apply for the withdrawal."""
        return wiring.applying().apply(self.citizen, ITEM, scan or self.verification_id, asked_fen)

    def scans(self, payment_app: PaymentApp) -> str:
        """A fresh scan's id."""
        payment_app.says("alipay.user.certify.open.initialize", {"certify_id": an_auth_code()})
        payment_app.says("alipay.user.certify.open.query", {"passed": "T"})
        scan, _ = wiring.scans().open(self.citizen, self.name, self.number, Purpose.MATTERS)
        wiring.scans().complete(self.citizen, scan.id)
        return scan.id

    def now(self, application: Application) -> Application:
        """The application as it stands."""
        return wiring.applying().get(self.citizen, application.id)


def an_applicant(payment_app: PaymentApp, town: Town, number: str = "", **changed: Told | None) -> Applicant:
    """Somebody new (or, by the number, somebody's other account), about whom departments say so."""
    payment_app.says("alipay.system.oauth.token", {"open_id": an_auth_code(), "expires_in": 300})
    number, name = number or an_identity_number(), NAMES[0]
    account = wiring.sessions().log_in(an_auth_code()).account
    citizen = Citizen(id=account.id, session_id=next(iter(account.sessions)), account=account)
    town.knows(number, name, **changed)
    fresh = Applicant(citizen, number, name, "")
    return Applicant(citizen, number, name, fresh.scans(payment_app))
