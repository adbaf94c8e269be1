"""A certificate as a verifiable credential of which its holder shows as much as is asked for (SD-JWT VC, `dc+sd-jwt`).

RFC 9901 and draft-ietf-oauth-sd-jwt-vc: what the status page tells anyway stands open, everything about the holder
is a digest of a disclosure. It must not know where a credential is kept, or to whom it is shown.
"""

import secrets
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from hashlib import sha256
from typing import Any

from chalicelib.certificates.model.content import CertificateContent
from chalicelib.certificates.model.labels import Label
from chalicelib.certificates.model.said import Line, Table
from chalicelib.certificates.model.types import CertificateType
from chalicelib.certificates.seal import Seal
from chalicelib.platform.keys import b64url
from chalicelib.platform.tokens import compact_json
from chalicelib.types import CHINA

KIND = "dc+sd-jwt"
_SALT_BYTES = 16

Claim = tuple[str, Any]


def issue(
    content: CertificateContent, issuer: str, seal: Seal, salt: Callable[[], bytes] | None = None
) -> str:
    """The credential with every disclosure, as its holder gets it; one signature.

    `issuer` is our origin. The salts are random: issued again it is another string that says the same.
    """
    fresh = salt or _salt
    disclosures = [b64url(compact_json([b64url(fresh()), *claim])) for claim in _hidden(content)]
    digests = sorted(b64url(sha256(each.encode()).digest()) for each in disclosures)
    claims = _open(content, issuer) | {"_sd": digests, "_sd_alg": "sha-256"}
    return "~".join([seal.jws(KIND, claims), *disclosures, ""])


def credential_type(issuer: str, type_id: str) -> str:
    """What the credential's type is called, and where anyone reads about it."""
    return f"{issuer}/v1/credential-types/{type_id}"


def type_metadata(kind: CertificateType, issuer: str) -> dict[str, Any]:
    """What a type's credentials are called and say, in both languages (section 6 of the draft)."""
    return {
        "vct": credential_type(issuer, kind.id),
        "name": kind.name.en,
        "description": kind.legal_basis[0].en,
        "display": [
            {"locale": "zh-CN", "name": kind.name.zh, "description": kind.legal_basis[0].zh},
            {"locale": "en", "name": kind.name.en, "description": kind.legal_basis[0].en},
        ],
        "claims": [_claim_metadata(name, label, sd) for name, label, sd in _named(kind)],
    }


def _open(content: CertificateContent, issuer: str) -> dict[str, Any]:
    """What anybody may see who is shown anything at all: nothing of the holder."""
    claims: dict[str, Any] = {
        "iss": issuer,
        "iat": int(content.issued_at.timestamp()),
        "exp": int(end_of(content.valid_until).timestamp()),
        "vct": credential_type(issuer, content.type_id),
        "serial": content.serial,
        "identifier": content.identifier,
        "issuing_authority": _both(content.issuer),
        "verify": content.verify_url,
    }
    return claims | status_claim(content)


def status_claim(content: CertificateContent) -> dict[str, Any]:
    """Its place in the status list (draft-ietf-oauth-status-list), if it has one."""
    if content.status_uri is None:
        return {}
    return {"status": {"status_list": {"idx": content.status_index, "uri": content.status_uri}}}


def end_of(day: date) -> datetime:
    """The last second of a day in China."""
    return datetime.combine(day, time(23, 59, 59), CHINA)


def _hidden(content: CertificateContent) -> Iterator[Claim]:
    """What the holder chooses to show, claim by claim."""
    yield "holder_name", content.holder_name
    yield "holder_id_number", content.holder_id_number
    yield "region", _both(content.region)
    yield "as_of", content.as_of.isoformat()
    yield "statement", _both(content.statement)
    for line in content.lines:
        yield line.name or line.label.en, _particular(line)
    for table in content.tables:
        yield table.name or table.title.en, _table(table)


def _particular(line: Line) -> dict[str, Any]:
    """A value as the department gave it, and in words."""
    return {"value": line.told, **_both(line.value)}


def _table(table: Table) -> dict[str, Any]:
    return {
        "columns": [_both(column) for column in table.columns],
        "rows": [[cell.zh for cell in row] for row in table.rows],
    }


def _both(label: Label) -> dict[str, str]:
    return {"zh": label.zh, "en": label.en}


def _salt() -> bytes:
    return secrets.token_bytes(_SALT_BYTES)


_FIXED = (
    ("serial", Label(zh="证照编号", en="Serial number"), "never"),
    ("identifier", Label(zh="证照标识", en="Identifier"), "never"),
    ("issuing_authority", Label(zh="证照颁发机构", en="Issuing authority"), "never"),
    ("verify", Label(zh="验真地址", en="Verification address"), "never"),
    ("holder_name", Label(zh="持证主体", en="Holder"), "always"),
    ("holder_id_number", Label(zh="公民身份号码", en="Resident identity number"), "always"),
    ("region", Label(zh="行政区划", en="Region"), "always"),
    ("as_of", Label(zh="数据截至", en="As of"), "always"),
    ("statement", Label(zh="证明内容", en="Statement"), "always"),
)


def _named(kind: CertificateType) -> Iterator[tuple[str, Label, str]]:
    """Every claim of a type's credentials, with its name and whether it is always open or always hidden."""
    yield from _FIXED
    for line in kind.lines:
        yield line.name, line.label or kind.field(line.value).name, "always"


def _claim_metadata(name: str, label: Label, sd: str) -> dict[str, Any]:
    shown = [{"locale": "zh-CN", "label": label.zh}, {"locale": "en", "label": label.en}]
    return {"path": [name], "sd": sd, "display": shown}
