"""From an approval to the money: ordered under a number that is kept first, asked after where nobody knows."""

from dataclasses import dataclass

from chalicelib.errors import Unavailable
from chalicelib.exchange.model import Subject
from chalicelib.exchange.service import Exchange
from chalicelib.identity.model.persons import Person
from chalicelib.matters.fund import Fund, Refusal, Standing
from chalicelib.matters.model.applications import Application, Payment, Status
from chalicelib.matters.model.items import ServiceItem
from chalicelib.matters.store.applications import ApplicationStore
from chalicelib.platform import log
from chalicelib.platform.clock import Clock


@dataclass(frozen=True, slots=True)
class Ordering:
    """The money of approved applications."""

    store: ApplicationStore
    exchange: Exchange
    fund: Fund
    clock: Clock

    def take(self, application: Application, item: ServiceItem, holder: Person) -> Application:
        """Order what was approved, or learn what became of it. Raises Unavailable until it is known, Overtaken."""
        party = self.exchange.connected(item.terms_of().payer_id)
        subject = Subject(person_id=holder.id, real_name=holder.real_name, id_number=holder.id_number)
        standing: Standing = "absent"
        if application.status is Status.APPROVED:
            application = self.store.move(application, "order", self.clock())
        else:
            standing = self.fund.query(party, application, self.clock())
        if standing == "absent":
            standing = self.fund.order(party, application, subject, self.clock())
        return self._settle(application, item, standing)

    def _settle(self, application: Application, item: ServiceItem, standing: Standing) -> Application:
        match standing:
            case Payment():
                moved = self.store.move(
                    application.model_copy(update={"payment": standing}), "pay", self.clock()
                )
            case Refusal(code=code):
                terms = item.terms_of()
                reason = terms.refusals.get(code, terms.otherwise)
                moved = self.store.move(
                    application.model_copy(update={"reason": reason}), "refuse", self.clock()
                )
            case _:
                raise Unavailable
        log.event("matter.moved", application=moved.id, outcome=moved.status)
        return moved
