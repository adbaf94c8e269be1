"""The medical insurance shares a fee. It must not know any step but those of the booking."""

from sandbox.journey.appointment import AppointmentSteps
from sandbox.journey.hands import Told, expect, yuan

INSURED = ("gov", "acct", "other")


class InsuranceSteps(AppointmentSteps):
    """Cash for one leg, the insurance for the others, and all of it back."""

    def mixed_settlement(self) -> str:
        """Pay the cash leg alone; the insurance settles the rest, and reverses it when the visit is cancelled."""
        kept = self.appointment
        self.hold_another()
        order = self._order()
        legs, total = order["legs"], order["totalFen"]
        expect(sum(legs.values()) == total, f"{legs} do not add up to {total}")
        expect(0 < legs["cash"] < total, f"{legs}: the insurance bears nothing, or all")
        expect(self._settlement(order) == {}, "the insurance settled before the cash was there")
        self.visitor.post(f"/sandbox/payment-app/trades/{order['tradeNo']}/pay")
        seen = self.until(self._appointment, lambda a: a["status"] == "booked")
        expect(seen["payment"]["insurance"]["standing"] == "settled", f"{seen['payment']}")
        borne = {leg: legs[leg] for leg in INSURED}
        settled = self._settlement(order)
        expect({leg: settled["legs"][leg] for leg in INSURED} == borne, f"{settled['legs']} is another split")
        self.visitor.post(f"/v1/appointments/{seen['id']}/cancel")
        self.refunded()
        reversed_ = self._settlement(order)["reversed"]
        expect(reversed_ == borne, f"of {borne} the insurance reversed {reversed_}")
        self.appointment = kept
        return f"{yuan(legs['cash'])} in cash, {yuan(total - legs['cash'])} by the insurance, all of it back"

    def _settlement(self, order: Told) -> Told:
        """The order's settlement in the insurer's own books; nothing where there is none."""
        number = order["id"].replace("ord_", "set_", 1)
        books = self.visitor.get("/sandbox/insurer/settlements", "items")
        return next((each for each in books if each["settlementId"] == number), {})
