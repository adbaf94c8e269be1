"""Who calls: sessions and face verification."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.platform.clock import system_clock
from chalicelib.platform.http import Auth, Call
from chalicelib.wiring.platform import (
    code_mac,
    core_table,
    identity_mac,
    identity_sealer,
    payment_app,
    tokens,
)

if TYPE_CHECKING:
    from chalicelib.identity.face import PaymentAppIdentity
    from chalicelib.identity.model import Citizen
    from chalicelib.identity.service import Identity


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
