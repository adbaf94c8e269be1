"""Who calls: sessions, face verification, wallets."""

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
    from chalicelib.identity.model.accounts import Citizen
    from chalicelib.identity.service.faces import Faces
    from chalicelib.identity.service.persons import Persons
    from chalicelib.identity.service.receipts import Receipts
    from chalicelib.identity.service.scans import Scans
    from chalicelib.identity.service.sessions import Sessions
    from chalicelib.identity.service.wallets import Wallets
    from chalicelib.identity.store.accounts import AccountStore
    from chalicelib.identity.store.faces import FaceStore


@cache
def _payment_app_identity() -> PaymentAppIdentity:
    from chalicelib.identity.face import PaymentAppIdentity

    return PaymentAppIdentity(payment_app())


@cache
def _accounts() -> AccountStore:
    from chalicelib.identity.store.accounts import AccountStore

    return AccountStore(core_table())


@cache
def sessions() -> Sessions:
    """Sessions of citizens."""
    from chalicelib.identity.service.refresh_tokens import RefreshTokens
    from chalicelib.identity.service.sessions import Sessions

    return Sessions(
        _accounts(),
        _payment_app_identity,
        tokens(),
        RefreshTokens(code_mac()),
        code_mac(),
        system_clock,
    )


@cache
def _face_store() -> FaceStore:
    from chalicelib.identity.store.faces import FaceStore

    return FaceStore(core_table())


@cache
def _receipts() -> Receipts:
    from chalicelib.identity.service.receipts import Receipts

    return Receipts(tokens(), system_clock)


@cache
def faces() -> Faces:
    """What steps that need a face rely on."""
    from chalicelib.identity.service.faces import Faces

    return Faces(_face_store(), _receipts(), identity_sealer())


@cache
def scans() -> Scans:
    """Face scans."""
    from chalicelib.identity.service.scans import Scans

    return Scans(_face_store(), _accounts(), _receipts(), persons(), _payment_app_identity, system_clock)


@cache
def persons() -> Persons:
    """People by name and number."""
    from chalicelib.identity.service.persons import Persons

    return Persons(identity_mac(), identity_sealer())


@cache
def wallets() -> Wallets:
    """What accounts carry."""
    from chalicelib.identity.service.wallets import Wallets

    return Wallets(_accounts())


def _recognise_citizen(call: Call) -> Citizen:
    return sessions().recognise(call.bearer())


citizen = Auth("citizen", _recognise_citizen)
