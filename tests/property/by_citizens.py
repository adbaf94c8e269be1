"""What citizens do to be who they are: log in and out, go on with a session, show a face."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from itertools import count

from tests.property.deeds import Answer, Ready, Stage, answered
from tests.property.facts import OK, SCAN_LIFE, TOKEN_LIFE, Problem, Scan
from tests.property.ideal import Ideal
from tests.property.life import Send, Token

OWNERS = (0, 0, 1)
"""Phone -> whose it is: the first person has two."""
MOST_SCANS = 15
"""Per history; the service allows 20 a day."""
_sessions = count(1)


def sent(send: Send) -> Answer:
    """One request, and what it comes to."""
    return answered(send())


def done(stage: Stage, ready: Ready) -> Answer:
    """A deed that nothing disturbs, on the way to another."""
    answer = stage.town.live(ready.send)
    assert (answer.code, ready.expected(stage.ideal)) == (OK, OK), ready.name
    ready.learn(stage.ideal, answer)
    return answer


def token_of(stage: Stage, phone: int) -> Token:
    """The phone's newest token; it logs in where that serves no more."""
    tokens = stage.town.phones[phone].tokens
    if not tokens or not _serves(stage, tokens[-1]):
        done(stage, LogIn(phone).ready(stage))
    return tokens[-1]


def _serves(stage: Stage, token: Token) -> bool:
    try:
        stage.ideal.standing(token.session, token.until)
    except Problem:
        return False
    return True


def by(token: Token, deed: Callable[[Ideal], object]) -> Callable[[Ideal], None]:
    """A deed in the session of a token."""

    def ought(ideal: Ideal) -> None:
        ideal.standing(token.session, token.until)
        deed(ideal)

    return ought


def _keep_token(stage: Stage, phone: int, session: str, ideal: Ideal, answer: Answer) -> None:
    """The token that a login or refresh answered with."""
    record, told = ideal.sessions[session], answer.json
    until = min(record.refreshed + TOKEN_LIFE, record.ends)
    stage.town.phones[phone].citizen_id = told["citizen"]["id"]
    stage.town.phones[phone].tokens.append(
        Token(told["accessToken"], session, until, told["refreshToken"], record.generation)
    )


@dataclass(frozen=True)
class LogIn:
    """Open a session."""

    phone: int

    def ready(self, stage: Stage) -> Ready:
        town, phone = stage.town, stage.town.phones[self.phone]
        session = f"session {next(_sessions)}"
        return Ready(
            f"log in on {self.phone}",
            send=lambda: answered(town.log_in(phone)),
            ought=lambda ideal: ideal.logged_in(self.phone, session),
            learn=partial(_keep_token, stage, self.phone, session),
        )


@dataclass(frozen=True)
class Refresh:
    """Go on with a session, by the phone's newest refresh token or by an older one."""

    phone: int
    older: int

    def ready(self, stage: Stage) -> Ready | None:
        tokens = stage.town.phones[self.phone].tokens
        if len(tokens) <= self.older:
            return None
        token = tokens[-1 - self.older]
        send = stage.town.bare("/v1/sessions/refresh", {"refreshToken": token.refresh})
        return Ready(
            f"refresh on {self.phone} with token -{self.older}",
            send=partial(sent, send),
            ought=lambda ideal: ideal.refresh(token.session, token.generation),
            learn=partial(_keep_token, stage, self.phone, token.session),
        )


@dataclass(frozen=True)
class LogOut:
    """End this session, or all of them."""

    phone: int
    everywhere: bool

    def ready(self, stage: Stage) -> Ready:
        token = token_of(stage, self.phone)
        path = "/v1/sessions" if self.everywhere else "/v1/sessions/current"

        def ended(ideal: Ideal) -> None:
            mine = [name for name, each in ideal.sessions.items() if each.phone == self.phone]
            ideal.log_out(*(mine if self.everywhere else [token.session]))

        return Ready(
            f"log out on {self.phone}{' everywhere' if self.everywhere else ''}",
            send=partial(sent, stage.town.call(token, "DELETE", path)),
            ought=by(token, ended),
        )


@dataclass(frozen=True)
class OldToken:
    """Somebody uses a token that the phone had once."""

    phone: int
    older: int

    def ready(self, stage: Stage) -> Ready | None:
        tokens = stage.town.phones[self.phone].tokens
        if len(tokens) <= self.older:
            return None
        token = tokens[-1 - self.older]
        return Ready(
            f"token -{self.older} of {self.phone}",
            send=partial(sent, stage.town.call(token, "GET", "/v1/citizens/me")),
            ought=by(token, lambda ideal: None),
        )


@dataclass(frozen=True)
class ShowFace:
    """Complete a scan that somebody passed on this phone."""

    phone: int
    person: int
    purpose: str

    def ready(self, stage: Stage) -> Ready | None:
        if len(stage.ideal.scans) >= MOST_SCANS:
            return None
        token, person = token_of(stage, self.phone), stage.town.people[self.person]
        asked = {"realName": person.name, "idNumber": person.number, "purpose": self.purpose}
        opened = stage.town.live(
            partial(sent, stage.town.call(token, "POST", "/v1/face-verifications", asked))
        )
        assert opened.code == OK, opened
        stage.town.everybody_scans()
        scan_id, now = opened.json["id"], stage.ideal.now
        scan = Scan(self.phone, token.session, self.person, self.purpose, now + SCAN_LIFE)
        path = f"/v1/face-verifications/{scan_id}/complete"
        return Ready(
            f"face of {self.person} on {self.phone} for {self.purpose}",
            send=partial(sent, stage.town.call(token, "POST", path)),
            ought=by(token, lambda ideal: ideal.scanned(scan_id, scan)),
        )


@dataclass(frozen=True)
class Proof:
    """How a face is proved: `fresh`, `kept` by the session, or an older scan by its id."""

    how: str
    older: int = 0

    def scan(self, stage: Stage, phone: int, person: int, purpose: str) -> str | None:
        """The scan's id; None where the session's own serves, or nobody has one."""
        mine = [name for name, each in stage.ideal.scans.items() if each.phone == phone]
        if self.how == "fresh" or (self.how == "older" and not mine):
            ready = ShowFace(phone, person, purpose).ready(stage)
            if ready:
                done(stage, ready)
                return next(reversed(stage.ideal.scans))
        if self.how == "kept" or not mine:
            return None
        return mine[-1 - self.older % len(mine)]
