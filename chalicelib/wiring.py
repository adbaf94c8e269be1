"""Where everything is put together: client -> table -> store / gateway -> service, each made once, on first use.

Nothing here runs at import, and what a part needs is imported with the part: a cold start pays for the one room that
is asked, and no function for the libraries of another's layer. Routes and `app.py` ask for services; services never
ask for their own parts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from chalicelib.config import settings
from chalicelib.errors import Unavailable
from chalicelib.platform.clock import system_clock
from chalicelib.platform.http import Auth, Call, Routes

if TYPE_CHECKING:
    from chalicelib.appointments.service.booking import Booking
    from chalicelib.appointments.service.desk import Desk
    from chalicelib.appointments.service.directory import Directory
    from chalicelib.appointments.service.ending import Ending
    from chalicelib.appointments.service.paying import Paying
    from chalicelib.appointments.service.projection import Projection
    from chalicelib.appointments.service.sweeping import Sweeping
    from chalicelib.audit.service import Audit
    from chalicelib.cards.service import Cards
    from chalicelib.certificates.service import Certificates, Press
    from chalicelib.exchange.service import Exchange
    from chalicelib.identity.face import PaymentAppIdentity
    from chalicelib.identity.model import Citizen
    from chalicelib.identity.service import Identity
    from chalicelib.institutions.model import Institution
    from chalicelib.institutions.service import Institutions
    from chalicelib.notices.service import Notices
    from chalicelib.payments.service import Payments
    from chalicelib.platform.alipay import Gateway
    from chalicelib.platform.blobs import Bucket
    from chalicelib.platform.cursor import Cursors
    from chalicelib.platform.dynamo import Table
    from chalicelib.platform.idempotency import Idempotency
    from chalicelib.platform.keys import Mac, Sealer
    from chalicelib.platform.queue import Job, Queues
    from chalicelib.platform.signatures import RequestSigner
    from chalicelib.platform.tokens import Tokens


# -- platform ---------------------------------------------------------------------------------------------------------
@cache
def core_table() -> Table:
    """The table of everything but the hot clinic sessions."""
    from chalicelib.platform.dynamo import Table

    return Table(settings().core_table)


@cache
def clinic_table() -> Table:
    """One item per clinic session: its slots and who holds them."""
    from chalicelib.platform.dynamo import Table

    return Table(settings().clinic_table)


@cache
def queues() -> Queues:
    """The work queues by name."""
    from chalicelib.platform.queue import Queues

    urls = settings()
    return Queues(
        {
            "payments": urls.payments_queue_url,
            "certificates": urls.certificates_queue_url,
            "events": urls.events_queue_url,
            "notices": urls.notices_queue_url,
        }
    )


@cache
def certificate_bucket() -> Bucket:
    """The issued certificates' files."""
    from chalicelib.platform.blobs import Bucket

    return Bucket(settings().certificate_bucket, settings().storage_key, DOCUMENT_CHAIN)


@cache
def identity_sealer() -> Sealer:
    """Seals names and identity numbers."""
    from chalicelib.platform.keys import Sealer

    return Sealer(settings().identity_key)


@cache
def identity_mac() -> Mac:
    """Turns an identity number into a person id."""
    from chalicelib.platform.keys import Mac

    return Mac(settings().identity_mac_key)


@cache
def code_mac() -> Mac:
    """Card codes' day keys, cursors, pairwise pseudonyms."""
    from chalicelib.platform.keys import Mac

    return Mac(settings().code_mac_key)


@cache
def cursors() -> Cursors:
    """Seals lists' cursors."""
    from chalicelib.platform.cursor import Cursors

    return Cursors(code_mac())


@cache
def tokens() -> Tokens:
    """Session and presence tokens."""
    from chalicelib.platform.keys import Es256Signer
    from chalicelib.platform.tokens import Tokens

    return Tokens(Es256Signer(settings().token_key), settings().public_base_url)


@cache
def outbound_signer() -> RequestSigner:
    """Signs our calls to departments and institutions."""
    from chalicelib.platform.keys import Es256Signer
    from chalicelib.platform.signatures import RequestSigner

    return RequestSigner(Es256Signer(settings().outbound_key))


@cache
def payment_app() -> Gateway:
    """The payment app's open platform."""
    from chalicelib.platform.alipay import Gateway
    from chalicelib.platform.keys import RsaSigner

    chosen = settings()
    return Gateway(
        chosen.payment_app_gateway,
        chosen.payment_app_id,
        chosen.payment_app_public_key,
        RsaSigner(chosen.payment_app_key),
    )


@cache
def idempotency() -> Idempotency:
    """Remembers the answers to POSTs that carry a key."""
    from chalicelib.platform.idempotency import Idempotency

    return Idempotency(core_table())


def routes(import_name: str) -> Routes:
    """A capability's blueprint."""
    return Routes(import_name, idempotency)


# -- identity ---------------------------------------------------------------------------------------------------------
@cache
def _payment_app_identity() -> PaymentAppIdentity:
    from chalicelib.identity.face import PaymentAppIdentity

    return PaymentAppIdentity(payment_app())


@cache
def identity() -> Identity:
    """Sessions and face verifications."""
    from chalicelib.identity.service import Identity
    from chalicelib.identity.store import IdentityStore

    return Identity(
        store=IdentityStore(core_table()),
        app=_payment_app_identity,
        tokens=tokens(),
        sealer=identity_sealer(),
        person_mac=identity_mac(),
        account_mac=code_mac(),
        clock=system_clock,
    )


def _recognise_citizen(call: Call) -> Citizen:
    return identity().recognise(call.bearer())


citizen = Auth("citizen", _recognise_citizen)


# -- exchange ---------------------------------------------------------------------------------------------------------
@cache
def exchange() -> Exchange:
    """The one port to all departments."""
    from chalicelib.exchange.departments import Departments
    from chalicelib.exchange.service import Exchange
    from chalicelib.exchange.store import ExchangeStore

    return Exchange(ExchangeStore(core_table()), Departments(outbound_signer()), system_clock)


# -- cards ------------------------------------------------------------------------------------------------------------
@cache
def cards() -> Cards:
    """Electronic social-security cards."""
    from chalicelib.cards.service import Cards
    from chalicelib.cards.store import CardStore

    return Cards(
        store=CardStore(core_table()),
        identity=identity(),
        exchange=exchange(),
        mac=code_mac(),
        tokens=tokens(),
        clock=system_clock,
    )


# -- certificates -----------------------------------------------------------------------------------------------------
DOCUMENT_CHAIN = "trust/document-signer.pem"
"""Where the certificate bucket keeps the document key's certificate, followed by its issuers'."""


@cache
def certificates() -> Certificates:
    """Official certificates."""
    from chalicelib.certificates.papers import Papers
    from chalicelib.certificates.service import Certificates
    from chalicelib.certificates.store import CertificateStore

    return Certificates(
        store=CertificateStore(core_table()),
        identity=identity(),
        exchange=exchange(),
        papers=Papers(certificate_bucket()),
        cursors=cursors(),
        press=_press,
        base_url=settings().public_base_url,
        clock=system_clock,
    )


@cache
def _press() -> Press:
    # Its libraries are in the certificate worker's layer: no other function has them, and none should pay for them.
    from chalicelib.certificates import pdf
    from chalicelib.platform.keys import Es256Signer

    chain = certificate_bucket().read(DOCUMENT_CHAIN)
    if chain is None:
        raise Unavailable
    signer = Es256Signer(settings().document_key)
    return pdf.Press(pdf.Signatory.from_pem(chain, signer.sign_der), system_clock)


def _issue_certificate(message: Mapping[str, Any]) -> None:
    certificates().issue(message["citizen"], message["about"])


def certificate_jobs() -> Mapping[str, Job]:
    """What the certificates queue asks for."""
    return {"certificate.issue": _issue_certificate}


# -- institutions -----------------------------------------------------------------------------------------------------
@cache
def institutions() -> Institutions:
    """Hospitals and pharmacies as parties."""
    from chalicelib.institutions.endpoint import Endpoints
    from chalicelib.institutions.service import Institutions
    from chalicelib.institutions.store import InstitutionStore

    return Institutions(InstitutionStore(core_table()), Endpoints(outbound_signer()), system_clock)


def _recognise_institution(call: Call) -> Institution:
    from chalicelib.platform.signatures import Message, canonical_query

    # The authority is the configured one, because a gateway in between is called by a name of its own.
    authority, query = urlsplit(settings().public_base_url).netloc, canonical_query(call.query)
    return institutions().recognise(
        Message(call.method, authority, call.path, query, call.headers, call.body)
    )


institution = Auth("institution", _recognise_institution)


def _acknowledge_appointment(message: Mapping[str, Any]) -> None:
    told = institutions().callback(message["about"])
    desk().acknowledge(told.institution_id, told.appointment_id, told.outcome, told.queue_number)


def event_jobs() -> Mapping[str, Job]:
    """What the events queue asks for."""
    return {"event.deliver": institutions().deliver, "appointment.acknowledge": _acknowledge_appointment}


# -- payments ---------------------------------------------------------------------------------------------------------
@cache
def payments() -> Payments:
    """Payment orders and their trades at the payment app."""
    from chalicelib.payments.alipay import Trades
    from chalicelib.payments.service import Payments
    from chalicelib.payments.store import PaymentStore

    chosen = settings()
    notify_url = f"{chosen.public_base_url}/v1/payments/alipay/notify"
    trades = Trades(payment_app(), chosen.payment_seller_id, notify_url)
    return Payments(PaymentStore(core_table()), trades, system_clock)


def payment_jobs() -> Mapping[str, Job]:
    """What the payments queue asks for."""
    return {"payment.settle": paying().settle, "payment.follow": paying().follow_up}


# -- appointments -----------------------------------------------------------------------------------------------------
@cache
def directory() -> Directory:
    """Hospitals, departments, practitioners and free slots."""
    from chalicelib.appointments.service.directory import Directory
    from chalicelib.appointments.store.availability import AvailabilityStore
    from chalicelib.appointments.store.clinics import ClinicStore
    from chalicelib.appointments.store.directory import DirectoryStore

    return Directory(
        DirectoryStore(core_table()),
        AvailabilityStore(core_table()),
        ClinicStore(clinic_table()),
        cursors(),
        system_clock,
    )


@cache
def booking() -> Booking:
    """Holding slots, and one's appointments."""
    from chalicelib.appointments.service.booking import Booking
    from chalicelib.appointments.store.appointments import AppointmentStore
    from chalicelib.appointments.store.availability import AvailabilityStore
    from chalicelib.appointments.store.clinics import ClinicStore

    return Booking(
        ClinicStore(clinic_table()),
        AvailabilityStore(core_table()),
        AppointmentStore(core_table()),
        cards(),
        cursors(),
        system_clock,
    )


@cache
def ending() -> Ending:
    """Cancelling, and giving back what a cancelled appointment had."""
    from chalicelib.appointments.service.ending import Ending
    from chalicelib.appointments.store.appointments import AppointmentStore
    from chalicelib.appointments.store.clinics import ClinicStore

    return Ending(
        booking(), AppointmentStore(core_table()), ClinicStore(clinic_table()), payments(), system_clock
    )


@cache
def paying() -> Paying:
    """From a hold to a booked appointment."""
    from chalicelib.appointments.service.paying import Paying
    from chalicelib.appointments.store.appointments import AppointmentStore
    from chalicelib.appointments.store.clinics import ClinicStore

    return Paying(
        booking=booking(),
        ending=ending(),
        appointments=AppointmentStore(core_table()),
        clinics=ClinicStore(clinic_table()),
        payments=payments(),
        identity=identity(),
        clock=system_clock,
    )


@cache
def desk() -> Desk:
    """The hospitals' side of appointments."""
    from chalicelib.appointments.service.desk import Desk
    from chalicelib.appointments.store.appointments import AppointmentStore

    return Desk(AppointmentStore(core_table()), payments(), cards(), ending(), system_clock)


@cache
def _projection() -> Projection:
    from chalicelib.appointments.service.projection import Projection
    from chalicelib.appointments.store.appointments import AppointmentStore
    from chalicelib.appointments.store.availability import AvailabilityStore

    return Projection(AvailabilityStore(core_table()), AppointmentStore(core_table()))


def project_clinics(event: Mapping[str, Any]) -> None:
    """What follows from every change of a clinic session."""
    _projection().follow(event)


@cache
def _sweeping() -> Sweeping:
    from chalicelib.appointments.service.sweeping import Sweeping
    from chalicelib.appointments.store.appointments import AppointmentStore

    return Sweeping(AppointmentStore(core_table()), payments(), paying(), ending(), system_clock)


def sweep() -> None:
    """Pick up every intent that stayed open. Trouble in one room does not keep another from its own."""
    troubles = [trouble for each in (_sweeping().sweep, certificates().sweep) if (trouble := _trouble(each))]
    if troubles:
        raise ExceptionGroup("sweep", troubles)


def _trouble(sweep_room: Callable[[], None]) -> Exception | None:
    try:
        sweep_room()
    except Exception as error:  # noqa: BLE001  (raised again, together with the others')
        return error
    return None


# -- notices ----------------------------------------------------------------------------------------------------------
@cache
def notices() -> Notices:
    """Messages to citizens."""
    from chalicelib.notices.service import Notices
    from chalicelib.notices.store import NoticeStore

    return Notices(NoticeStore(core_table()), cursors())


def notice_jobs() -> Mapping[str, Job]:
    """What the notices queue asks for."""
    return {"notice.send": notices().send}


# -- audit ------------------------------------------------------------------------------------------------------------
@cache
def audit() -> Audit:
    """The trail of status changes."""
    from chalicelib.audit.service import Audit
    from chalicelib.audit.store import AuditStore

    return Audit(AuditStore(core_table()))


def relay(event: Mapping[str, Any]) -> None:
    """What follows from every change of the core table: its messages, and its audit entry."""
    from chalicelib.platform import outbox

    outbox.relay(event, queues())
    audit().record(event)
