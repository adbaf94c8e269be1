"""The status lists on the wire: one signed file for everybody, so that nobody learns whose certificate is asked about.

No login, and nothing in the request tells of a certificate. Of `?time=` (section 8.4) nothing is known here, as with
any static file: whoever asks sees from `iat` and `exp` that the answer is of now.
"""

from hashlib import sha256

from chalicelib import wiring
from chalicelib.certificates.errors import StatusListUnknown
from chalicelib.certificates.model.status import TTL
from chalicelib.certificates.status import CONTENT_TYPE
from chalicelib.platform.http import Call, Reply

routes = wiring.routes(__name__)

_LONGEST = 6
_NOT_MODIFIED = 304


@routes.on("GET", "/v1/status-lists/{number}", errors=(StatusListUnknown,))
def get_status_list(number: str, call: Call) -> Reply:
    """A status list: a signed Token Status List (JWT) with two bits for each certificate in it."""
    found = wiring.statuses().read(int(number)) if _may_be_one(number) else None
    if found is None:
        raise StatusListUnknown
    etag = f'"{sha256(found.body).hexdigest()[:32]}"'
    headers = {
        "Cache-Control": f"public, max-age={int(TTL.total_seconds())}",
        "ETag": etag,
        "Access-Control-Allow-Origin": "*",
    }
    if call.headers.get("if-none-match") == etag:
        return Reply(_NOT_MODIFIED, content_type=CONTENT_TYPE, headers=headers)
    return Reply(200, found.body.decode(), CONTENT_TYPE, headers)


def _may_be_one(number: str) -> bool:
    return number.isascii() and number.isdigit() and len(number) <= _LONGEST and number[0] != "0"
