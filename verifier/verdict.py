"""What is to be thought of a certificate, in both languages, and the number a program may go by."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import Enum

from verifier import tokens
from verifier.errors import Distrusted, NoStatement
from verifier.status_list import Reference, StatusList
from verifier.tokens import Claims
from verifier.trust import Trust


class Verdict(Enum):
    """Exit code, and what a person reads."""

    VALID = (0, "真实有效", "GENUINE AND VALID")
    NOT_GENUINE = (1, "不予认可：未通过验证", "NOT GENUINE: do not accept")
    REVOKED = (2, "已撤销", "REVOKED: do not accept")
    SUSPENDED = (3, "已暂停，暂不可用", "SUSPENDED: not to be accepted for now")
    EXPIRED = (4, "已过有效期", "GENUINE, BUT EXPIRED")
    NOT_YET = (5, "尚未生效", "GENUINE, BUT NOT YET VALID")
    UNKNOWN = (6, "签名真实，状态未知", "GENUINE, BUT ITS STATUS IS UNKNOWN")

    @property
    def code(self) -> int:
        """The program's exit code."""
        return self.value[0]


_CERTIFICATES = {"dc+sd-jwt", "certificate+jwt"}
_AHEAD = timedelta(seconds=60)
"""Clocks differ."""
_OF_STATUS = {"valid": Verdict.VALID, "revoked": Verdict.REVOKED, "suspended": Verdict.SUSPENDED}


@dataclass(frozen=True)
class Judgement:
    """The verdict, why, and what the file says."""

    verdict: Verdict
    why: str
    signer: str = ""
    claims: Claims = field(default_factory=dict)
    status_of: datetime | None = None


def judge(document: bytes, trust: Trust, status_lists: list[str], at: datetime) -> Judgement:
    """What is to be thought of a certificate's file at that time. A list that is not trusted makes no statement."""
    try:
        claims, signer = _said(document, trust, at)
    except Distrusted as distrusted:
        return Judgement(Verdict.NOT_GENUINE, str(distrusted))
    # The draft's own order: what has expired is expired, whatever a list says.
    if at < _moment(claims.get("nbf") or claims.get("iat") or 0) - _AHEAD:
        return Judgement(Verdict.NOT_YET, "it was issued later", signer, claims)
    if "exp" in claims and at >= _moment(claims["exp"]):
        return Judgement(Verdict.EXPIRED, "its last day is over", signer, claims)
    try:
        reference = _reference(claims)
        known = _its_list([StatusList.read(each, trust, at) for each in status_lists], reference)
        status = known.status(reference, at)
    except (Distrusted, NoStatement) as unknown:
        return Judgement(Verdict.UNKNOWN, str(unknown), signer, claims)
    verdict = _OF_STATUS.get(status, Verdict.UNKNOWN)
    return Judgement(verdict, f"the status list says {status}", signer, claims, known.issued_at)


def _said(document: bytes, trust: Trust, at: datetime) -> tuple[Claims, str]:
    if document.startswith(b"%PDF"):
        # Only PDF files need it, and nobody should have to install it for the others.
        from verifier import pdf  # noqa: PLC0415

        return pdf.read(document, trust, at)
    try:
        text = document.decode("ascii")
    except UnicodeDecodeError as error:
        raise Distrusted("the file is neither a PDF nor signed JSON") from error
    token = tokens.read(text, trust, at)
    if token.kind not in _CERTIFICATES:  # the keys that one trusts sign other things, too
        raise Distrusted("this is something else than a certificate, though its signature is right")
    return token.claims, token.signer


def _its_list(known: list[StatusList], reference: Reference) -> StatusList:
    """The newest list of that address; another one, if there is only that, says itself that it is another."""
    if not known:
        raise NoStatement(f"no status list was given; it is {reference.uri}")
    return max(known, key=lambda each: (each.uri == reference.uri, each.issued_at))


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _reference(claims: Claims) -> Reference:
    told = claims.get("status")
    told = told.get("status_list") if isinstance(told, dict) else None
    try:
        return Reference(str(told["uri"]), int(told["idx"]))  # type: ignore[index]
    except (TypeError, KeyError, ValueError):
        raise NoStatement("the certificate names no status list") from None
