"""What anyone may ask without a login: health, published keys, the API's own description.

A room of one file: it belongs to no capability and knows only what the platform and the wiring offer.
"""

from functools import cache

from chalicelib import wiring
from chalicelib.config import settings
from chalicelib.errors import Unavailable
from chalicelib.platform.clock import system_clock
from chalicelib.platform.http import JSON, Reply
from chalicelib.platform.tokens import compact_json
from chalicelib.rooms import blueprints
from chalicelib.types import Wire
from chalicelib.version import VERSION

routes = wiring.routes(__name__)
_MINUTES_5 = {"Cache-Control": "public, max-age=300"}


class Health(Wire):
    """The service answers."""

    status: str
    version: str


@routes.on("GET", "/v1/health")
def get_health() -> Health:
    """Whether the service answers; asks nothing behind it."""
    return Health(status="ok", version=VERSION)


@routes.on("GET", "/.well-known/jwks.json")
def get_jwks() -> Reply:
    """The public keys of our tokens, of the calls that we sign, of certificates, and of offline codes."""
    offline = [each.jwk for each in wiring.offline_keys().published(system_clock())]
    keys = [
        *wiring.tokens().jwks,
        wiring.outbound_signer().signer.jwk,
        wiring.document_signer().jwk,
        *offline,
    ]
    return Reply(200, compact_json({"keys": keys}).decode(), "application/jwk-set+json", _MINUTES_5)


@routes.on("GET", "/.well-known/jwt-vc-issuer")
def get_credential_issuer() -> Reply:
    """Who issues credentials here, and the key that signs them (draft-ietf-oauth-sd-jwt-vc, section 5)."""
    told = {"issuer": settings().public_base_url, "jwks": {"keys": [wiring.document_signer().jwk]}}
    headers = _MINUTES_5 | {"Access-Control-Allow-Origin": "*"}
    return Reply(200, compact_json(told).decode(), JSON, headers)


@routes.on("GET", "/.well-known/cose-keys")
def get_cose_keys() -> Reply:
    """The public keys of offline codes, yesterday's to tomorrow's, as a COSE_KeySet (CBOR)."""
    # Only this route needs it.
    from chalicelib.cards.offline import cose_key_set  # noqa: PLC0415

    keys = cose_key_set(wiring.offline_keys().published(system_clock()))
    return Reply(200, keys, "application/cose-key-set", _MINUTES_5)


@routes.on("GET", "/.well-known/document-signer.pem", errors=(Unavailable,))
def get_document_signer() -> Reply:
    """The certificates of the key that signs certificates and status lists, its own first, its root last (PEM)."""
    chain = wiring.certificate_bucket().read(wiring.DOCUMENT_CHAIN)
    if chain is None:
        raise Unavailable
    return Reply(200, chain.decode(), "application/x-pem-file", _MINUTES_5)


@routes.on("GET", "/v1/openapi.json")
def get_openapi() -> Reply:
    """This API, described by itself (OpenAPI 3.1)."""
    return Reply(200, _document(), JSON, _MINUTES_5)


@cache
def _document() -> str:
    # Loaded here, because only this route needs it and every cold start would pay for it.
    from chalicelib.platform.openapi import document  # noqa: PLC0415

    return compact_json(document(blueprints(), VERSION, settings().public_base_url)).decode()
