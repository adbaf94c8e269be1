"""What others need to understand our credentials: what each type is called and says. No login."""

from functools import cache

from chalicelib import wiring
from chalicelib.certificates import catalogue, sd_jwt
from chalicelib.certificates.errors import CertificateTypeUnknown
from chalicelib.config import settings
from chalicelib.platform.http import JSON, Reply
from chalicelib.platform.tokens import compact_json

routes = wiring.routes(__name__)

_OPEN = {"Cache-Control": "public, max-age=300", "Access-Control-Allow-Origin": "*"}


@routes.on("GET", "/v1/credential-types/{type_id}", errors=(CertificateTypeUnknown,))
def get_credential_type(type_id: str) -> Reply:
    """What a type's credentials are called and say, in both languages."""
    return Reply(200, _metadata(type_id), JSON, _OPEN)


@cache
def _metadata(type_id: str) -> str:
    kind = catalogue.types().get(type_id)
    if kind is None:
        raise CertificateTypeUnknown(("/typeId", "is not in the catalogue"))
    return compact_json(sd_jwt.type_metadata(kind, settings().public_base_url)).decode()
