"""The open platform's gateway, protocol v2: checks who calls, finds the method, signs what it answers.

A call that names its app's certificate is one of certificate mode, any other one of key mode. Refusals follow the
platform's own codes. It must not know what any method does.
"""

import json
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, Protocol
from urllib.parse import parse_qsl

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from sandbox.clock import Clock, from_beijing
from sandbox.faults import Faults
from sandbox.origin.routing import Refused, Request, Response
from sandbox.payment_app.apps import App, Apps
from sandbox.payment_app.certificates import Certificates
from sandbox.payment_app.protocol import (
    Call,
    GatewayError,
    InvalidArgument,
    MissingArgument,
    UnknownOutcome,
    answer_name,
    signed_answer,
    unsigned_answer,
)
from sandbox.payment_app.signing import REQUEST_OMITS, signed_content, verifies

Method = Callable[[Call], Mapping[str, Any]]
Page = Callable[[Call], str]


class Merchant(Protocol):
    """What a merchant's server can ask: methods answered by a signed node, pages opened by a signed address."""

    def methods(self) -> Mapping[str, Method]:
        """The methods by name."""

    def pages(self) -> Mapping[str, Page]:
        """The pages by method name; each says where the page is."""


CLOCK_TOLERANCE = timedelta(days=1)
"""Wide, because the platform's own SDKs write their machine's local time where it asks for Beijing's."""

ERROR_NODE = "error_response"
ANSWERS_ERRORS_APART = {"alipay.system.oauth.token"}
"""Methods whose refusals stand in `error_response`, not in a node of their own."""
DOWNLOAD = "alipay.open.app.alipaycert.download"
ANSWERS_UNSIGNED = {DOWNLOAD}
"""Its signature could only be checked with what it brings."""


class Gateway:
    """Answers `gateway.do` for GET and POST: methods with a signed node, pages with a redirect."""

    def __init__(
        self,
        apps: Apps,
        certificates: Certificates,
        clock: Clock,
        faults: Faults,
        key: RSAPrivateKey,
        merchant: Merchant,
    ) -> None:
        self._apps = apps
        self._certificates = certificates
        self._clock = clock
        self._faults = faults
        self._key = key
        self._methods = {DOWNLOAD: certificates.download, **merchant.methods()}
        self._pages = merchant.pages()

    def answer(self, request: Request) -> Response:
        """One call; what the gateway refuses is answered with status 200 and a code, as there."""
        params = _params(request)
        self._fail_if_told()
        method = params.get("method", "")
        try:
            call = self._checked(params)
            if method in self._pages:
                return Response(
                    302, headers=(("Location", self._pages[method](call)), ("Cache-Control", "no-store"))
                )
            return self._answered(params, answer_name(method), self._node(method, call))
        except GatewayError as error:
            apart = method not in self._methods or method in ANSWERS_ERRORS_APART
            return self._answered(params, ERROR_NODE if apart else answer_name(method), error.node)

    def _node(self, method: str, call: Call) -> Mapping[str, Any]:
        if method not in self._methods:
            raise InvalidArgument("isv.invalid-method", "不存在的方法名")
        node = self._methods[method](call)
        fault = self._faults.now().gateway
        if fault and fault.kind == "lost":
            raise UnknownOutcome
        return node

    def _checked(self, params: Mapping[str, str]) -> Call:
        for name in ("method", "app_id", "sign_type", "sign", "timestamp", "version"):
            if not params.get(name):
                raise MissingArgument(f"isv.missing-{_sub_code_name(name)}", f"缺少{name}参数")
        app = self._apps.find(params["app_id"])
        if app is None:
            raise InvalidArgument("isv.invalid-app-id", "无效的AppID参数")
        _check_fixed(params)
        self._certificates.check(app, params)
        _check_signature(app, params)
        self._check_time(params["timestamp"])
        return Call(app, params, _business_content(params))

    def _check_time(self, text: str) -> None:
        try:
            distance = abs(from_beijing(text) - self._clock.now())
        except ValueError:
            raise InvalidArgument("isv.invalid-timestamp", "非法的时间戳参数") from None
        if distance > CLOCK_TOLERANCE:
            raise InvalidArgument("isv.invalid-timestamp", "非法的时间戳参数")

    def _answered(self, params: Mapping[str, str], name: str, node: Mapping[str, Any]) -> Response:
        app = self._apps.find(params.get("app_id", ""))
        shown = self._certificates.shown(app, params) if app else None
        unsigned = params.get("method") in ANSWERS_UNSIGNED
        body = unsigned_answer(name, node) if unsigned else signed_answer(self._key, name, node, shown)
        return Response(200, body, (("Content-Type", "application/json;charset=utf-8"),))

    def _fail_if_told(self) -> None:
        fault = self._faults.now().gateway
        if fault and fault.kind == "down":
            raise Refused(503, "gateway-down", "the payment app's gateway is down, as a fault says")
        if fault and fault.kind == "slow":
            time.sleep(fault.seconds)


def _params(request: Request) -> dict[str, str]:
    """Query and form together: official clients spread the parameters over both."""
    form = ""
    if "form-urlencoded" in request.headers.get("Content-Type", ""):
        try:
            form = request.body.decode()
        except UnicodeDecodeError:
            raise Refused(400, "malformed-form", "the form is not UTF-8") from None
    return dict(parse_qsl(request.query, keep_blank_values=True) + parse_qsl(form, keep_blank_values=True))


def _check_fixed(params: Mapping[str, str]) -> None:
    if params["sign_type"] != "RSA2":
        raise InvalidArgument("isv.invalid-signature-type", "无效的签名类型")
    if params["version"] != "1.0" or params.get("format", "JSON").upper() != "JSON":
        raise InvalidArgument("isv.invalid-format", "无效的数据格式")
    if params.get("charset", "utf-8").lower() != "utf-8":
        raise InvalidArgument("isv.invalid-charset", "字符集错误")


def _check_signature(app: App, params: Mapping[str, str]) -> None:
    if not verifies(app.public_key, signed_content(params, REQUEST_OMITS), params["sign"]):
        raise InvalidArgument("isv.invalid-signature", "无效签名")


def _business_content(params: Mapping[str, str]) -> dict[str, Any]:
    try:
        content = json.loads(params.get("biz_content") or "{}")
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise InvalidArgument("isv.invalid-parameter", "biz_content 不是 JSON 对象")
    return content


def _sub_code_name(name: str) -> str:
    return {"sign": "signature", "sign_type": "signature-type", "app_id": "app-id"}.get(name, name)
