"""What ought to be: the town as issue and machine tell of it, nothing of how.

Every deed raises the problem that ought to be answered instead of OK, and changes the ideal accordingly. People,
phones, cards and mandates are numbers here; their ids are learnt from answers. Here are codes and their uses.
"""

from tests.property.facts import (
    AHEAD,
    CODE_LIFE,
    DAY,
    OFFLINE_LIFE,
    REDEEM_WITHIN,
    SPEND_LIMIT,
    UNUSABLE,
    Card,
    Code,
    Mandate,
    Problem,
    Use,
)
from tests.property.holding import Holding


class Ideal(Holding):
    """The town as it ought to be."""

    # -- codes
    def decode(self, code: str, use: Use) -> None:
        """The first request uses a code up; that request again, signed anew, has the same answer."""
        shown = self.codes[code]
        if shown.kind == "qr":
            self._online(shown)
        else:
            self._offline(shown)
        self._use(shown, use)

    def redeem(self, code: str, use: Use, presented: int, amount: int) -> None:
        """What a counter took without a network, told afterwards."""
        shown = self.codes[code]
        if presented > self.now + AHEAD:
            raise Problem("payload-invalid")
        if not _known(shown, presented):
            if not _known(shown, self.now):
                raise Problem("code-invalid")
            raise Problem("code-expired")
        ends = shown.minted_at + OFFLINE_LIFE
        if presented >= ends or self.now > ends + REDEEM_WITHIN:
            raise Problem("code-expired")
        if amount > SPEND_LIMIT:
            raise Problem("offline-limit-exceeded")
        self._in_use(shown, presented)
        first = shown.use is None
        self._use(shown, use)
        if first:
            shown.presented = presented

    def _online(self, shown: Code) -> None:
        if not _known(shown, self.now):
            raise Problem("code-invalid")
        if self.now - shown.minted_at >= CODE_LIFE:
            raise Problem("code-expired")
        if shown.mandate is not None:
            self._shown_by_a_relative(shown, self.mandates[shown.mandate])
            return
        card = self.cards[shown.card]
        card.usable()
        if any(shown.minted_at <= at for at in card.moves):
            raise Problem("code-expired")
        if any(shown.minted_at < at for at in card.stops):  # void, also if it is in use again
            raise Problem("code-expired")

    def _shown_by_a_relative(self, shown: Code, mandate: Mandate) -> None:
        """It is the card that the agent carries now."""
        mandate.require(self.now, "cards")
        assert mandate.card is not None
        self.cards[mandate.card].usable()
        if shown.use is None:
            shown.card = mandate.card

    def _offline(self, shown: Code) -> None:
        if not _known(shown, self.now):
            raise Problem("code-invalid")
        if self.now - shown.minted_at >= OFFLINE_LIFE:
            raise Problem("code-expired")
        self._in_use(shown, self.now)

    def _in_use(self, shown: Code, presented: int) -> None:
        """What was shown while the card was in use counts, also afterwards; what was shown later does not."""
        card = self.cards[shown.card]
        if any(shown.minted_at <= at <= presented for at in card.stops):
            raise Problem(UNUSABLE[card.status if card.status != "bound" else "suspended"])
        if any(shown.minted_at <= at <= presented for at in card.moves):
            raise Problem("code-expired")

    def _use(self, shown: Code, use: Use) -> None:
        first = shown.use or use
        if (first.party, first.asked) != (use.party, use.asked):
            raise Problem("code-used" if shown.kind == "qr" else "code-double-spent")
        if use.signature in shown.signatures:
            raise Problem("signature-replayed")
        if shown.use is None:
            shown.use, shown.used_at = first, self.now
        shown.signatures.add(use.signature)

    # -- the usage log
    def uses(self, phone: int) -> list[Code]:
        """The uses of the cards of the phone's person, the last first."""
        if phone not in self.known:
            return []
        person = self.known[phone]
        used = [each for each in self.codes.values() if each.use and self.cards[each.card].person == person]
        return sorted(used, key=lambda each: each.used_at, reverse=True)

    def not_me(self, code: str) -> Card:
        """A use is disputed, once, and its card taken out of use."""
        shown = self.codes[code]
        card = self.cards[shown.card]
        if not shown.disputed and not card.ended:
            self.suspend(card)
        shown.disputed = True
        return card


def _known(shown: Code, at: int) -> bool:
    """Whether the code had been made by then, and its day's key is not forgotten."""
    days = at // DAY - shown.minted_at // DAY
    return days <= (1 if shown.kind == "qr" else 2) and shown.minted_at <= at + AHEAD
