"""The payment app's notification on the wire."""

from chalicelib import wiring
from chalicelib.payments.errors import NotificationMalformed
from chalicelib.platform.http import FORM, Call, Reply
from chalicelib.platform.signatures import SignatureInvalid

routes = wiring.routes(__name__)


@routes.on(
    "POST",
    "/v1/payments/alipay/notify",
    errors=(NotificationMalformed, SignatureInvalid),
    content_type=FORM,
)
def take_notification(call: Call) -> Reply:
    """What the payment app tells about a trade; the answer `success` means that it is recorded."""
    wiring.payments().record(call.body)
    return Reply(200, "success")
