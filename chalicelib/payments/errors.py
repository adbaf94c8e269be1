"""What may be refused about payments."""

from chalicelib.errors import Conflict, Gone, Malformed, Unavailable


class PaymentUnavailable(Unavailable):
    """The payment app did not answer; the trade's outcome is unknown until it is asked for."""

    code = "payment-unavailable"
    title = "The payment app does not answer; please try again shortly"
    title_zh = "支付平台暂无响应，请稍后重试"


class InsuranceUnavailable(PaymentUnavailable):
    """The medical insurance did not answer; whether it has settled is unknown until it is asked for."""

    code = "insurance-unavailable"
    title = "The medical insurance does not answer; please try again shortly"
    title_zh = "医保系统暂无响应，请稍后重试"


class PaymentRefused(Conflict):
    """The payment app understood and refused."""

    code = "payment-refused"
    title = "The payment app refused this payment"
    title_zh = "支付平台拒绝了本次付款"


class OrderClosed(Gone):
    """The order's time is over; nobody can pay it."""

    code = "order-closed"
    title = "The time to pay is over"
    title_zh = "支付已超时，订单已关闭"


class NotificationMalformed(Malformed):
    """Not a form that the payment app would send."""

    code = "malformed-form"
    title = "The request body is not a notification's form"
    title_zh = "请求内容不是有效的通知表单"


class RefundExceedsPayment(Conflict):
    """More would go back than was paid and is still here."""

    code = "refund-exceeds-payment"
    title = "More than was paid cannot be refunded"
    title_zh = "退款金额超过可退金额"
