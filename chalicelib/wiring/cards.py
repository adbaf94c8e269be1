"""Electronic social-security cards."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chalicelib.platform.clock import system_clock
from chalicelib.wiring.codes import code_books, offline_book
from chalicelib.wiring.exchange import exchange
from chalicelib.wiring.identity import faces, wallets
from chalicelib.wiring.institutions import institutions
from chalicelib.wiring.mandates import mandates
from chalicelib.wiring.platform import code_mac, core_table, cursors, identity_sealer, tokens

if TYPE_CHECKING:
    from chalicelib.cards.service.attesting import Attesting
    from chalicelib.cards.service.banking import Banking
    from chalicelib.cards.service.binding import Binding
    from chalicelib.cards.service.cards import Cards
    from chalicelib.cards.service.carrying import Carrying
    from chalicelib.cards.service.changing import Changes
    from chalicelib.cards.service.decoding import Decoding
    from chalicelib.cards.service.life import Life
    from chalicelib.cards.service.redeeming import Redeeming
    from chalicelib.cards.service.showing import Showing
    from chalicelib.cards.service.usages import Usages
    from chalicelib.cards.store.cards import CardStore
    from chalicelib.cards.store.usages import UsageStore
    from chalicelib.mandates.service.mandates import Mandates


@cache
def _card_store() -> CardStore:
    from chalicelib.cards.store.cards import CardStore

    return CardStore(core_table())


@cache
def cards() -> Cards:
    """Cards as they stand."""
    from chalicelib.cards.service.cards import Cards

    return Cards(_card_store(), mandates, code_mac(), system_clock)


@cache
def binding() -> Binding:
    """Binding cards."""
    from chalicelib.cards.service.binding import Binding

    return Binding(_card_store(), wallets(), faces(), exchange(), code_mac(), identity_sealer(), system_clock)


@cache
def carrying() -> Carrying:
    """Family members' cards."""
    from chalicelib.cards.service.carrying import Carrying

    return Carrying(_card_store(), binding(), _mandates)


@cache
def _changes() -> Changes:
    from chalicelib.cards.service.changing import Changes

    return Changes(_card_store(), wallets(), system_clock)


@cache
def life() -> Life:
    """What becomes of cards."""
    from chalicelib.cards.service.life import Life

    return Life(_card_store(), cards(), _changes(), faces(), _mandates)


@cache
def banking() -> Banking:
    """Bank accounts of cards."""
    from chalicelib.cards.service.banking import Banking

    return Banking(life(), faces(), exchange(), system_clock)


@cache
def _usage_store() -> UsageStore:
    from chalicelib.cards.store.usages import UsageStore

    return UsageStore(core_table())


def _mandates() -> Mandates:
    from chalicelib.wiring.mandates import mandates

    return mandates()


@cache
def showing() -> Showing:
    """Codes to show."""
    from chalicelib.cards.service.showing import Showing

    return Showing(code_books(), offline_book, system_clock)


@cache
def attesting() -> Attesting:
    """Uses of cards as they happen."""
    from chalicelib.cards.service.attesting import Attesting

    return Attesting(_usage_store(), cards(), faces(), tokens(), institutions())


@cache
def decoding() -> Decoding:
    """Scanned codes."""
    from chalicelib.cards.service.decoding import Decoding

    return Decoding(code_books(), _card_store(), _mandates, attesting(), system_clock)


@cache
def redeeming() -> Redeeming:
    """Offline codes as they reach us."""
    from chalicelib.cards.service.redeeming import Redeeming

    return Redeeming(offline_book(), _card_store(), _usage_store(), attesting(), system_clock)


@cache
def usages() -> Usages:
    """The usage log."""
    from chalicelib.cards.service.usages import Usages

    return Usages(_usage_store(), cards(), life(), institutions(), _mandates, cursors(), system_clock)
