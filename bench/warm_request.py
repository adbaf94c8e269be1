"""The row `warm-request`: validated JSON, one conditional write, a log line and a metric, in a process that is warm."""

from contextlib import ExitStack

from bench.ground import Ground
from bench.measure import Row, compared, rounds
from bench.warm import warm

ROUNDS = 61
GOAL = 1.3
WHY = "the log line and the metric are written by Powertools, at half of what is added"
_BODY = {
    "slotId": "slot_01JABCDEFGHJKMNPQRSTVWXYZ0",
    "cardId": "card_01JABCDEFGHJKMNPQRSTVWXYZ0",
    "places": 2,
}


def measure(ground: Ground) -> Row:
    """Our platform against Chalice, pydantic and the stock client that make the same call."""
    event = ground.event("POST", "/v1/reservations", _BODY)
    with ExitStack() as stack:
        taken = rounds(
            {
                name: stack.enter_context(warm(ground, module, event))
                for name, module in (("ours", "bench.platform_app"), ("bare", "bench.bare.chalice_app"))
            },
            ROUNDS,
        )
    return compared("warm-request", "us CPU", GOAL, taken["ours"], taken["bare"], WHY)
