"""What the medical insurance does: it answers, is silent, loses its answers or refuses, whenever it likes."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from chalicelib.appointments.model.records import Held
from chalicelib.payments.model import Order
from chalicelib.payments.model.legs import INSURED
from tests.insurer import Insurance
from tests.property.registration import truths
from tests.property.registration.by_patients import patients, places
from tests.property.registration.rules import Rules

MOODS = (
    "",
    "",
    "down",
    "lost",
    "uninsured",
    "settlement-refusing",
    "forged",
    "miscounting",
    "another-request",
)
SPLITS = (
    {"gov": 20_00, "acct": 10_00, "other": 5_00},
    {"gov": 0, "acct": 0, "other": 1},
    {"gov": 50_00, "acct": 0, "other": 0},
)


class Insurers(Rules):
    """Rules of the insurance; before the first of them a city has none."""

    def __init__(self) -> None:
        super().__init__()
        self.insurance = Insurance(self.hall.place.world)

    @rule(split=st.sampled_from(SPLITS), mood=st.sampled_from(MOODS))
    def the_insurance_is_in_a_mood(self, split: dict[str, int], mood: str) -> None:
        """It is connected, bears another share from now on, and answers like this."""
        self.insurance.connect()
        self.insurance.bears, self.insurance.mood = split, mood

    @rule(patient=patients, index=places, split=st.sampled_from(SPLITS), mood=st.sampled_from(MOODS))
    def the_mood_turns_once_the_cash_is_there(
        self, patient: int, index: int, split: dict[str, int], mood: str
    ) -> None:
        """The split is agreed and the phone has paid; what the insurance says to its settlement is another matter."""
        hall = self.hall
        self.the_insurance_is_in_a_mood(split, "")
        held = hall.do(lambda: hall.patients[patient].hold(hall.sessions[0], index), None)
        hall.remember(patient, held)
        if isinstance(held, Held):
            order = hall.do(lambda: hall.patients[patient].pay(held.id), None)
            if isinstance(order, Order) and order.status == "paying":
                hall.orders[order.id] = order
                hall.told.append(hall.till.pay(order))
        self.insurance.mood = mood

    def settle(self) -> None:
        self.insurance.mood = ""
        super().settle()

    def at_rest(self) -> None:
        """The insurance bears its legs of whatever is kept, and of nothing else."""
        super().at_rest()
        kept = self.entitled()
        for order in truths.all_orders(self.hall).values():
            wanted = {leg: order.legs.of(leg) for leg in INSURED if order.legs.of(leg)}
            borne = self.insurance.owes(order)
            assert borne == (wanted if order.id in kept else {}), f"it bears {borne}, order {order.status}"
