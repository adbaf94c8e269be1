"""`python -m tests.property.mutations`: breaks registration on purpose, and says which truth of the machine found it.

Nothing of the app changes: each mutation replaces one function of it for as long as its histories run. A line per
mutation tells after how many histories which truth was hurt; exit code 1 where one lived through all of them.
`--only TEXT` tries those whose names hold it, `--histories N` gives up later.
"""

import argparse
import sys
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any, ClassVar
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "infra" / "layers" / "certificates" / "python")]

from chalicelib.appointments.errors import HoldExpired  # noqa: E402
from chalicelib.appointments.model import claims  # noqa: E402
from chalicelib.appointments.model.limits import Day  # noqa: E402
from chalicelib.appointments.service.ending import Ending  # noqa: E402
from chalicelib.appointments.service.limiting import Limiting  # noqa: E402
from chalicelib.appointments.service.stopping import Stopping  # noqa: E402
from chalicelib.appointments.service.sweeping import Sweeping  # noqa: E402
from chalicelib.appointments.store import appointments, clinics, swaps  # noqa: E402
from chalicelib.errors import Unavailable  # noqa: E402
from chalicelib.payments import insurer  # noqa: E402
from chalicelib.payments.alipay import Trades  # noqa: E402
from chalicelib.payments.insurer import HttpInsurer  # noqa: E402
from chalicelib.payments.model import Order  # noqa: E402
from chalicelib.payments.service import Payments, refunding  # noqa: E402
from chalicelib.payments.service.insuring import Insuring  # noqa: E402
from chalicelib.payments.service.notifying import Notifying  # noqa: E402
from chalicelib.payments.service.settling import Settling  # noqa: E402
from chalicelib.platform.dynamo import PRESENT, Table  # noqa: E402
from chalicelib.platform.tokens import unb64url  # noqa: E402
from tests.property.registration.hall import hall  # noqa: E402
from tests.property.test_registration import Registration  # noqa: E402


@dataclass(frozen=True, slots=True)
class Mutation:
    """One function replaced: `target`'s `name` becomes `broken`."""

    what: str
    target: Any
    name: str
    broken: Any


def _nothing(*_: object, **__: object) -> None:
    """It is left out."""


def _confirm_anything(store: clinics.ClinicStore, hold: Any) -> None:
    with suppress(HoldExpired):
        _confirm(store, hold)


_confirm = clinics.ClinicStore.confirm
_refund = Trades.refund
_tries = count(1)
_moving = appointments.AppointmentStore.moving


def _refund_under_a_new_number(trades: Trades, order: Order, refund: Any) -> bool:
    return _refund(trades, order, refund.model_copy(update={"number": f"{refund.number}x{next(_tries)}"}))


def _unsigned(raw: bytes, *_: object) -> bytes:
    return unb64url(raw.decode().split(".")[1])


def _settled_whatever_was_answered(insuring: Insuring, order: Order) -> str:
    with suppress(Unavailable):
        return _settle(insuring, order)
    return "settled"


def _settle_under_a_new_number(insurer: HttpInsurer, party: Any, order: Order, now: Any) -> Any:
    other = order.model_copy(update={"id": f"{order.id}x{next(_tries)}"})
    return _settle_over_http(insurer, party, other, now)


_settle = Insuring.settle
_settle_over_http = HttpInsurer.settle


def _any_order_will_do(_: object, __: object, order: Order | None) -> str:
    return "" if order else "order-unknown"


def _moving_whatever_stands(
    store: Any, found: Any, event: Any, now: Any, outbox: Any = (), **changes: Any
) -> Any:
    """The condition on status and version is left out."""
    update = Table.update

    def unconditional(table: Any, *arguments: Any, **options: Any) -> Any:
        return update(table, *arguments, **(options | {"expect": {"pk": PRESENT}}))

    with patch.object(Table, "update", unconditional):
        return _moving(store, found, event, now, outbox, **changes)


MUTATIONS = (
    Mutation("a hold keeps nobody out", claims, "standing", lambda value, now_ms: value < 0),
    Mutation("a lost hold is confirmed all the same", clinics.ClinicStore, "confirm", _confirm_anything),
    Mutation("an end does not give the slot back", clinics.ClinicStore, "release", _nothing),
    Mutation("a move does not give the old slot back", swaps, "_given_back", lambda swap: []),
    Mutation("a move forgets the condition on the new slot", swaps, "wanted", lambda *_: {"t": PRESENT}),
    Mutation(
        "a record moves on whatever stands", appointments.AppointmentStore, "moving", _moving_whatever_stands
    ),
    Mutation("a hold that ran out is not swept", Sweeping, "_expire", _nothing),
    Mutation("an end does not give the money back", Payments, "refund", lambda self, order: order),
    Mutation("a refund has a new number at every try", Trades, "refund", _refund_under_a_new_number),
    Mutation("a refund is not entered into the ledger", refunding, "given_back", lambda *_: None),
    Mutation("what is owed back is not entered", refunding, "owed_back", lambda *_: None),
    Mutation("a reversal is not entered into the ledger", refunding, "reversed_", lambda *_: None),
    Mutation("an insurance's silence counts as settled", Insuring, "settle", _settled_whatever_was_answered),
    Mutation("an insurance settles under a new number", HttpInsurer, "settle", _settle_under_a_new_number),
    Mutation("an insurance is told of no reversal", Insuring, "reverse", lambda *_: True),
    Mutation(
        "an insurance's refusal keeps the cash", Settling, "compensate", lambda self, order, _="": order
    ),
    Mutation("an insurance's answer need not be signed", insurer, "authentic", _unsigned),
    Mutation("an amount told is not compared", Notifying, "_misfit", _any_order_will_do),
    Mutation("an order that nobody told of is not asked for", Payments, "due", lambda self: []),
    Mutation("a stop ends nobody", Stopping, "_ended", lambda *_: True),
    Mutation("a cancelled appointment's payment is forgotten", Ending, "wind_up", _nothing),
    Mutation("the city's limit admits everybody", Day, "admits", lambda *_: True),
    Mutation("a late payment is not counted on its day", Limiting, "count_late", _nothing),
    Mutation("two accounts may write one hold down", appointments.AppointmentStore, "enlist", _nothing),
)


class Counted(Registration):
    """The machine, which counts its histories."""

    histories: ClassVar[int] = 0

    def __init__(self) -> None:
        super().__init__()
        type(self).histories += 1


def found_by(mutation: Mutation, histories: int) -> str:
    """What the machine says of a mutation; empty where it lives."""
    Counted.histories = 0
    chosen = settings(
        max_examples=histories,
        stateful_step_count=25,
        deadline=None,
        phases=[Phase.generate],
        database=None,
        derandomize=True,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    with patch.object(mutation.target, mutation.name, mutation.broken):
        try:
            run_state_machine_as_test(Counted, settings=chosen)
        except AssertionError as truth:
            return str(truth).splitlines()[0]
        except Exception as error:  # noqa: BLE001  (what breaks outright is found as well)
            return f"{type(error).__name__}: {error}".splitlines()[0]
    return ""


def main() -> int:
    """Run, print, and say whether every mutation was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.property.mutations", description=__doc__)
    parser.add_argument("--only", default="", help="part of a mutation's name")
    parser.add_argument("--histories", type=int, default=600, help="give a mutation up after so many")
    wanted = parser.parse_args()
    lived = 0
    with hall() as here:
        Counted.hall = here
        for each in (each for each in MUTATIONS if wanted.only in each.what):
            since = perf_counter()
            truth = found_by(each, wanted.histories)
            lived += not truth
            outcome = f"{Counted.histories:>5}  {truth}" if truth else f"{Counted.histories:>5}  LIVES"
            sys.stderr.write(f"{each.what:<48}{outcome}  ({perf_counter() - since:.0f} s)\n")
    return 1 if lived else 0


if __name__ == "__main__":
    sys.exit(main())
