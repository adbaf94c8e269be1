"""Puts the outside world together: who needs what of whom. It must not hold any behaviour of its own."""

from dataclasses import dataclass
from pathlib import Path

from sandbox.authority.authorities import Authorities
from sandbox.authority.routes import BASE as AUTHORITY
from sandbox.authority.routes import AuthorityCalls
from sandbox.background import Workers
from sandbox.bureau.cards import PhysicalCards
from sandbox.bureau.feed import Feed
from sandbox.bureau.routes import Bureau
from sandbox.clock import Clock, SystemClock
from sandbox.console_calls import ConsoleCalls
from sandbox.departments.records import Records
from sandbox.departments.registrars import Registrars
from sandbox.departments.routes import Departments
from sandbox.events import Events
from sandbox.faults import Faults
from sandbox.fund.accounts import Accounts
from sandbox.fund.books import Books as FundBooks
from sandbox.fund.routes import Fund
from sandbox.http_signatures import ServiceSignatures
from sandbox.institutions.desk import Desk
from sandbox.institutions.desk_routes import Desks
from sandbox.institutions.hospital import Hospital
from sandbox.institutions.inbox import Inbox
from sandbox.institutions.offline import CodeKeys, OfflineCheck
from sandbox.institutions.register import Register
from sandbox.institutions.routes import Institutions
from sandbox.institutions.settling import Till
from sandbox.institutions.terminal import Terminal
from sandbox.institutions.terminal_routes import Terminals
from sandbox.insurer.books import Books
from sandbox.insurer.routes import Insurer
from sandbox.keys import KeyFolder
from sandbox.origin.routing import Route
from sandbox.payment_app.apps import Apps
from sandbox.payment_app.auth_codes import AuthCodes
from sandbox.payment_app.authority import Authority
from sandbox.payment_app.bills import Bills
from sandbox.payment_app.certificates import Certificates
from sandbox.payment_app.console import Console
from sandbox.payment_app.couriers import Courier
from sandbox.payment_app.face import FaceScans
from sandbox.payment_app.gateway import Gateway
from sandbox.payment_app.merchant_calls import MerchantCalls
from sandbox.payment_app.notifications import Notifications
from sandbox.payment_app.refunds import Refunds
from sandbox.payment_app.routes import PaymentApp
from sandbox.payment_app.trades import Trades
from sandbox.people import synthetic_people
from sandbox.service_keys import ServiceKeys
from sandbox.shelf import Shelf

PLATFORM_KEY = "payment-app"
STRANGER_KEY = "stranger"
STATE_FILE = "outside-world.sqlite3"


@dataclass(frozen=True, slots=True)
class Place:
    """Where this world is: its state folder, and the authority (host and port) of its one origin."""

    state: Path
    authority: str

    @property
    def origin(self) -> str:
        """The origin's address."""
        return f"http://{self.authority}"


class World:
    """Every part of the outside world, ready to be asked."""

    def __init__(self, place: Place, clock: Clock | None = None, workers: Workers | None = None) -> None:
        self.place = place
        self.clock = clock or SystemClock()
        self.workers = workers or Workers()
        self.keys = KeyFolder(place.state / "keys")
        self.shelf = Shelf(place.state / STATE_FILE)
        self.faults = Faults()
        self.events = Events(self.clock)
        self.people = synthetic_people()
        self.cards = PhysicalCards(self.shelf)
        service_keys = ServiceKeys(f"{place.origin}/.well-known/jwks.json")
        self.signatures = ServiceSignatures(service_keys.find, place.authority)
        self.payment_app = self._payment_app()
        self.hospital = self._hospital()
        self.feed = self._feed()

    def routes(self) -> list[Route]:
        """Every call under /sandbox/."""
        console = ConsoleCalls(self.people, self.cards, self.faults, self.events)
        bureau = Bureau(self.people, self.cards, self.feed)
        registrars = Registrars(self._register(), self.events, self.place.origin)
        government = (self._departments(), registrars, self._insurer(), self._fund(), bureau)
        places = (self._institutions(), self._terminals(), self._desks())
        parts = (console, self.payment_app, self._authorities(), *government, *places)
        return [route for part in parts for route in part.routes()]

    def start(self) -> None:
        """Take up what an earlier run left undone, and let time pass."""
        notifications = self.payment_app.notifications
        notifications.resume()
        self.hospital.resume()
        self.feed.resume()
        notifications.timer.start()

    def close(self) -> None:
        """Close what is kept; nothing may be asked any more."""
        self.payment_app.notifications.timer.stop()
        self.workers.stop()
        self.shelf.close()

    def _payment_app(self) -> PaymentApp:
        key = self.keys.rsa(PLATFORM_KEY)
        courier = Courier(self.clock, key, self.keys.rsa(STRANGER_KEY))
        codes = AuthCodes(self.shelf, self.clock)
        faces = FaceScans(self.shelf, self.clock, self.people, self.faults)
        trades = Trades(self.shelf, self.clock, self.people)
        refunds = Refunds(self.shelf, self.clock, trades)
        notifications = Notifications(self.shelf, self.clock, self.faults, self.events, courier, self.workers)
        bills = Bills(self.shelf, self.clock, self.faults, trades, self.place.origin)
        certificates = Certificates(
            self.shelf, Authority(self.shelf, self.clock, self.keys), key.public_key()
        )
        merchant = MerchantCalls(self.shelf, codes, faces, trades, refunds, notifications, bills)
        apps = Apps(self.place.state)
        return PaymentApp(
            Gateway(apps, certificates, self.clock, self.faults, key, merchant),
            Console(apps, certificates),
            self.shelf,
            self.people,
            codes,
            faces,
            trades,
            notifications,
            courier,
            self.events,
            bills,
        )

    def _authorities(self) -> AuthorityCalls:
        base_url = f"{self.place.origin}{AUTHORITY}"
        return AuthorityCalls(Authorities(self.shelf, self.clock, self.keys, base_url))

    def _departments(self) -> Departments:
        return Departments(
            Records(self.people, self.cards, self.clock, Accounts(self.shelf)),
            self.keys,
            self.signatures,
            self.shelf,
            self.faults,
            self.events,
            self.place.origin,
        )

    def _insurer(self) -> Insurer:
        books = Books(self.people, self.cards, self.shelf, self.clock)
        return Insurer(books, self.keys, self.signatures, self.faults, self.events, self.place.origin)

    def _fund(self) -> Fund:
        books = FundBooks(self.people, Accounts(self.shelf), self.shelf, self.clock)
        return Fund(books, self.keys, self.signatures, self.faults, self.events, self.place.origin)

    def _register(self) -> Register:
        return Register(self.keys, self.clock, self.place.origin)

    def _hospital(self) -> Hospital:
        timer = self.payment_app.notifications.timer
        return Hospital(
            self.shelf,
            self.clock,
            self._register(),
            Till(self.shelf, self.faults),
            self.events,
            self.workers,
            timer,
            self.place.origin,
        )

    def _feed(self) -> Feed:
        return Feed(
            self.shelf,
            self.clock,
            self._register(),
            self.faults,
            self.events,
            self.workers,
            self.payment_app.notifications.timer,
            self.place.origin,
        )

    def _institutions(self) -> Institutions:
        register = self._register()
        inbox = Inbox(self.shelf, self.clock, self.signatures, self.events, self.hospital.notice)
        return Institutions(register, inbox, self.faults)

    def _terminals(self) -> Terminals:
        register = self._register()
        terminal = Terminal(register, self.clock, self.place.origin)
        keys = CodeKeys(f"{self.place.origin}/.well-known/cose-keys")
        return Terminals(register, terminal, OfflineCheck(keys, self.clock), self.shelf, self.events)

    def _desks(self) -> Desks:
        register = self._register()
        return Desks(register, Desk(register, self.place.origin), self.events, self.hospital)
