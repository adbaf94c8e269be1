"""A certificate as data under the names that GB/T 36903 gives to 电子证照, signed (JWS, RFC 7515).

For systems that take certificates as 电子证照 data; tied to the PDF by its hash. It must not know where it is kept.
"""

from typing import Any

from chalicelib.certificates.model.content import CertificateContent
from chalicelib.certificates.model.said import Table
from chalicelib.certificates.sd_jwt import end_of, status_claim
from chalicelib.certificates.seal import Seal
from chalicelib.platform.tokens import compact_json
from chalicelib.types import CHINA

KIND = "certificate+jwt"
_HOLDERS_CODE = "公民身份号码"


def twin(content: CertificateContent, pdf_sha256: str, issuer: str, seal: Seal) -> bytes:
    """A flattened JWS (RFC 7515 7.2.2) over the certificate's data; one signature.

    `issuer` is our origin, `pdf_sha256` (hexadecimal) that of the PDF that says the same.
    """
    header, payload, signature = seal.jws(KIND, claims(content, pdf_sha256, issuer)).split(".")
    return compact_json({"payload": payload, "protected": header, "signature": signature})


def claims(content: CertificateContent, pdf_sha256: str, issuer: str) -> dict[str, Any]:
    """What is signed. `证照` are the elements that every certificate has, `照面` those of its type."""
    return {
        "iss": issuer,
        "iat": int(content.issued_at.timestamp()),
        "exp": int(end_of(content.valid_until).timestamp()),
        "证照": _common(content),
        "照面": _own(content),
        "验真地址": content.verify_url,
        "版式文件": {"类型": "application/pdf", "SHA-256": pdf_sha256},
    } | status_claim(content)


def _common(content: CertificateContent) -> dict[str, str]:
    issued = content.issued_at.astimezone(CHINA).date().isoformat()
    return {
        "证照名称": content.name.zh,
        "证照类型名称": content.name.zh,
        "证照类型代码": content.code,
        "证照编号": content.serial,
        "证照标识": content.identifier,
        "证照颁发机构": content.issuer.zh,
        "证照颁发日期": issued,
        "证照有效期起始日期": issued,
        "证照有效期截止日期": content.valid_until.isoformat(),
        "持证主体": content.holder_name,
        "持证主体代码": content.holder_id_number,
        "持证主体代码类型": _HOLDERS_CODE,
    }


def _own(content: CertificateContent) -> dict[str, Any]:
    """The statement and the particulars, each under its element's name where the standard has one."""
    lines = {line.element or line.label.zh: line.value.zh for line in content.lines}
    tables = {table.element or table.title.zh: _rows(table) for table in content.tables}
    return {
        "行政区划": content.region.zh,
        "数据截至": content.as_of.isoformat(),
        "证明内容": content.statement.zh,
        **lines,
        **tables,
    }


def _rows(table: Table) -> list[dict[str, str]]:
    names = [column.zh for column in table.columns]
    return [dict(zip(names, (cell.zh for cell in row), strict=True)) for row in table.rows]
