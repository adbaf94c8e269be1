"""The official Python SDK as a merchant: talks to the sandbox's gateway as to the real one, and says what it saw.

Runs in the SDK's own environment. The SDK cannot be given an address with a port (`url += port` adds a number to a
text), so it is given one without, and the connection to port 80 is led to where the sandbox listens: what a name server
and a port redirection would do. Nothing of the SDK is changed.
"""

# mypy: disable-error-code="import-not-found"

import json
import socket
import sys
from typing import Any

from alipay.aop.api.AlipayClientConfig import AlipayClientConfig
from alipay.aop.api.DefaultAlipayClient import DefaultAlipayClient
from alipay.aop.api.domain.AlipayTradeCreateModel import AlipayTradeCreateModel
from alipay.aop.api.domain.AlipayTradeQueryModel import AlipayTradeQueryModel
from alipay.aop.api.domain.AlipayUserCertifyOpenCertifyModel import AlipayUserCertifyOpenCertifyModel
from alipay.aop.api.request.AlipaySystemOauthTokenRequest import AlipaySystemOauthTokenRequest
from alipay.aop.api.request.AlipayTradeCreateRequest import AlipayTradeCreateRequest
from alipay.aop.api.request.AlipayTradeQueryRequest import AlipayTradeQueryRequest
from alipay.aop.api.request.AlipayUserCertifyOpenCertifyRequest import AlipayUserCertifyOpenCertifyRequest

given = json.load(sys.stdin)
connect = socket.create_connection


def connect_to_the_sandbox(address: tuple[str, int], *more: Any, **named: Any) -> socket.socket:
    """Where the gateway's port 80 would be."""
    assert address == ("gateway.test", 80)
    return connect(("127.0.0.1", given["port"]), *more, **named)


def client(platform_key: str) -> DefaultAlipayClient:
    config = AlipayClientConfig()
    config.server_url = "http://gateway.test/sandbox/payment-app/gateway.do"
    config.app_id = given["appId"]
    config.app_private_key = given["privateKey"]
    config.alipay_public_key = platform_key
    return DefaultAlipayClient(config)


def token(sdk: DefaultAlipayClient) -> Any:
    request = AlipaySystemOauthTokenRequest()
    request.grant_type = "authorization_code"
    request.code = given["authCode"]
    return json.loads(sdk.execute(request))


def create(sdk: DefaultAlipayClient) -> Any:
    model = AlipayTradeCreateModel()
    model.out_trade_no = "pypi_1"
    model.total_amount = "12.30"
    model.subject = '挂号费 "引号"'
    model.buyer_id = given["buyerId"]
    request = AlipayTradeCreateRequest(biz_model=model)
    request.notify_url = given["notifyUrl"]
    return json.loads(sdk.execute(request))


def query(sdk: DefaultAlipayClient, order: str) -> Any:
    model = AlipayTradeQueryModel()
    model.out_trade_no = order
    return json.loads(sdk.execute(AlipayTradeQueryRequest(biz_model=model)))


def refusal(sdk: DefaultAlipayClient) -> str | None:
    try:
        query(sdk, "pypi_1")
    except Exception as error:  # noqa: BLE001 - whatever the SDK raises for it
        return type(error).__name__
    return None


def page(sdk: DefaultAlipayClient) -> Any:
    model = AlipayUserCertifyOpenCertifyModel()
    model.certify_id = given["certifyId"]
    return sdk.page_execute(AlipayUserCertifyOpenCertifyRequest(biz_model=model), "GET")


socket.create_connection = connect_to_the_sandbox  # type: ignore[assignment]
believing, deceived = client(given["platformPublicKey"]), client(given["wrongPublicKey"])
said = {
    "token": token(believing),
    "created": create(believing),
    "queried": query(believing, "pypi_1"),
    "unknown": query(believing, "none"),
    "wrongKey": refusal(deceived),
    "page": page(believing),
}
sys.stdout.write(json.dumps(said))
