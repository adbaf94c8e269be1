"""Sets a certificate's page with typst: PDF/A-2u, unsigned.

Imports typst, segno and the font of the certificate worker's layer. It must not know how a certificate came about.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from typing import Any, Final, cast

import certificate_fonts
import segno
import typst

from chalicelib.certificates import catalogue
from chalicelib.certificates.errors import GlyphMissing
from chalicelib.certificates.model.content import CertificateContent
from chalicelib.types import CHINA

_STANDARD: Final = "a-2u"
"""PDF/A-2b for archives, and every character mapped to Unicode, so that text can be selected."""
_QR_MASK = 3  # fixed: choosing the best of eight costs more than drawing, and scanners read any of them


def render(content: CertificateContent) -> bytes:
    """The unsigned page as PDF/A-2u; byte for byte the same for the same content.

    Raises GlyphMissing if a character has no glyph in the certificates' typeface.
    """
    printed = _printed(content)
    _require(printed)
    page = _compiler().compile(
        str(catalogue.template(content.type_id)),
        format="pdf",
        sys_inputs={"content": json.dumps(printed, ensure_ascii=False)},
        pdf_standards=[_STANDARD],
        timestamp=int(content.issued_at.timestamp()),
    )
    return cast(bytes, page)


def require_glyphs(content: CertificateContent) -> None:
    """Raises GlyphMissing if a character has no glyph in the certificates' typeface."""
    _require(_printed(content))


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(certificate_fonts.DIRECTORY)],
    )
    return typst.Compiler(root=str(catalogue.FOLDER), font_paths=fonts, ignore_system_fonts=True)


def _printed(content: CertificateContent) -> dict[str, Any]:
    """Every value as the template prints it."""
    return {
        "typeId": content.type_id,
        "typeCode": content.code,
        "typeName": content.name.model_dump(),
        "serial": content.serial,
        "identifier": content.identifier,
        "holderName": content.holder_name,
        "holderIdNumber": content.holder_id_number,
        "region": content.region.model_dump(),
        "issuer": content.issuer.model_dump(),
        "statement": content.statement.model_dump(),
        "lines": [line.model_dump(include={"label", "value"}) for line in content.lines],
        "tables": [table.model_dump(exclude={"element"}) for table in content.tables],
        "asOf": _day(content.as_of),
        "issuedAt": _minute(content.issued_at),
        "issuedOn": _day(content.issued_at.astimezone(CHINA).date()),
        "validUntil": _day(content.valid_until),
        "verifyUrl": content.verify_url,
        "qr": _qr(content.verify_url),
        "keywords": _keywords(content),
    }


def _keywords(content: CertificateContent) -> list[str]:
    """What a program reads off the file alone: what it is called, until when it holds, where its status is."""
    known = content.status_uri is not None and content.status_index is not None
    status = [f"status:{content.status_uri}#{content.status_index}"] if known else []
    return [content.serial, f"valid-until:{content.valid_until.isoformat()}", *status]


def _qr(url: str) -> str:
    code = segno.make_qr(url, error="m", mask=_QR_MASK, boost_error=False)
    return str(code.svg_inline(border=0))


def _day(day: date) -> dict[str, str]:
    return {
        "zh": f"{day.year}年{day.month}月{day.day}日",
        "en": f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
    }


def _minute(moment: datetime) -> dict[str, str]:
    local = moment.astimezone(CHINA)
    day, clock = _day(local.date()), f"{local:%H:%M:%S}"
    return {"zh": f"{day['zh']} {clock}（北京时间）", "en": f"{day['en']}, {clock} China Standard Time"}


_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _require(printed: dict[str, Any]) -> None:
    for field, value in printed.items():
        if certificate_fonts.missing("".join(_texts(value))):
            raise GlyphMissing(detail=f"The typeface lacks a character of {field}.")


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401 - texts, nothing, and lists and objects of them
    if isinstance(value, str):
        yield value
    elif value is not None:
        for part in value.values() if isinstance(value, dict) else value:
            yield from _texts(part)
