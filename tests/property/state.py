"""What ought to be so of everybody, and who may do something in whose name: sessions and faces."""

from dataclasses import dataclass, field

from tests.property.facts import (
    CODE_LIFE,
    DAY,
    OFFLINE_LIFE,
    REPEAT_LIFE,
    SESSION_LIFE,
    Card,
    Code,
    Mandate,
    Problem,
    Scan,
    Session,
)


@dataclass
class State:
    """What is so: sessions, scans, cards, mandates and codes."""

    now: int
    sessions: dict[str, Session] = field(default_factory=dict)
    scans: dict[str, Scan] = field(default_factory=dict)
    cards: list[Card] = field(default_factory=list)
    mandates: list[Mandate] = field(default_factory=list)
    carried: dict[tuple[int, int], int] = field(default_factory=dict)
    """Phone and card -> the mandate by which it lies in the wallet."""
    codes: dict[str, Code] = field(default_factory=dict)
    known: dict[int, int] = field(default_factory=dict)
    """Phone -> whose it is, once a card was bound there."""
    words: dict[int, tuple[str, int]] = field(default_factory=dict)
    """Person -> what we were told of the physical card: the word of the highest version."""

    def live(self, person: int) -> int | None:
        """The person's one live card."""
        found = [place for place, card in enumerate(self.cards) if card.person == person and not card.ended]
        assert len(found) <= 1
        return found[0] if found else None

    def edges(self) -> list[int]:
        """The moments to come at which something is over."""
        codes = list(self.codes.values())[-1:]
        ends = [each.minted_at + (CODE_LIFE if each.kind == "qr" else OFFLINE_LIFE) for each in codes]
        ends += [each.until for each in self.mandates if not each.closed]
        ends += [(self.now // DAY + 1) * DAY]
        return sorted(each for each in ends if each > self.now + 1)

    # -- sessions
    def logged_in(self, phone: int, session: str) -> None:
        self.sessions[session] = Session(phone, self.now + SESSION_LIFE, self.now)

    def standing(self, session: str, token_until: int) -> Session:
        """The session of a token."""
        found = self.sessions[session]
        if token_until <= self.now:
            raise Problem("token-expired")
        if found.over or found.ends <= self.now:
            raise Problem("session-ended")
        return found

    def refresh(self, session: str, generation: int) -> None:
        found = self.sessions[session]
        if found.over or found.ends <= self.now:
            raise Problem("session-ended")
        if found.generation == generation:
            found.generation, found.refreshed = generation + 1, self.now
        elif found.generation != generation + 1 or self.now - found.refreshed > REPEAT_LIFE:
            found.over = True
            raise Problem("refresh-token-reused")

    def log_out(self, *sessions: str) -> None:
        for each in sessions:
            self.sessions[each].over = True

    # -- faces
    def scanned(self, scan_id: str, scan: Scan) -> None:
        """A scan that passed, kept with the session."""
        if scan_id in self.scans:
            return
        self.scans[scan_id] = scan
        self.sessions[scan.session].scans[scan.purpose] = scan_id

    def rely(self, session: str, purpose: str, scan_id: str | None, person: int | None) -> Scan:
        """The scan that serves a step of `purpose`: the one that is named, or one that this session proved."""
        kept = self.sessions[session].scans
        if scan_id is not None:
            return self._serves(self.scans[scan_id], session, purpose, person)
        for each in (purpose, "identity"):
            if each in kept:
                try:
                    return self._serves(self.scans[kept[each]], session, purpose, person)
                except Problem:
                    continue
        raise Problem("face-required")

    def _serves(self, scan: Scan, session: str, purpose: str, person: int | None) -> Scan:
        if scan.until <= self.now:
            raise Problem("verification-expired")
        if scan.phone != self.sessions[session].phone:
            raise Problem("verification-not-found")
        if scan.purpose not in {purpose, "identity"}:
            raise Problem("verification-purpose")
        if scan.session != session:
            raise Problem("verification-session")
        if person is not None and scan.person != person:
            raise Problem("verification-person")
        return scan
