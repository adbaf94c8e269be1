"""The codes that a certificate's identifier is made of (GB/T 36904), as data: `codes.json`.

A type's code is the unified social credit code of whoever defined the type and three digits; where the national
directory has one, the type itself says it. The codes in the file are well-formed, and made up: no office has them.
"""

from functools import cache
from pathlib import Path

from chalicelib.certificates.model.labels import Data
from chalicelib.certificates.model.types import CertificateType


class _Codes(Data):
    """The file. `types` are the three digits by type, `issuers` the credit codes by department."""

    definer: str
    types: dict[str, str]
    issuers: dict[str, str]


def type_code(kind: CertificateType) -> str | None:
    """The type's code: the national directory's, or our own; None where nobody gave it one."""
    number = _codes().types.get(kind.id)
    return kind.code or (f"{_codes().definer}{number}" if number else None)


def issuer_code(department_id: str) -> str | None:
    """The unified social credit code (GB 32100) of the department that issues."""
    return _codes().issuers.get(department_id)


@cache
def _codes() -> _Codes:
    return _Codes.model_validate_json(Path(__file__).with_name("codes.json").read_bytes())
