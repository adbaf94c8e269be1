"""One origin: the page's files, the API passed through untouched, the sandbox's own calls."""

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path

import pytest

from sandbox.origin.routing import Refused, Request
from sandbox.origin.static_files import StaticFiles
from sandbox.payment_app.apps import OWN_APP_ID
from sandbox.people import Person
from sandbox.server import Origin
from sandbox.world import PLATFORM_KEY
from tests.sandbox.merchant import Merchant, headers
from tests.sandbox.outside import Api, Client, Seen


def request(path: str, method: str = "GET") -> Request:
    return Request(method, path, "", headers(), b"")


@pytest.fixture
def page(tmp_path: Path) -> StaticFiles:
    web = tmp_path / "web"
    (web / "phone").mkdir(parents=True)
    (web / "index.html").write_text("<html>")
    (web / "phone" / "app.js").write_text("export {}")
    (web / "v").mkdir()
    (web / "v" / "index.html").write_text("<html><!-- verify -->")
    (web / "v" / "verify.js").write_text("export {}")
    (web / ".secret.js").write_text("no")
    (web / "notes.md").write_text("no")
    (web / "out.js").symlink_to(tmp_path / "secret.js")
    (tmp_path / "secret.js").write_text("no")
    return StaticFiles(web)


def test_the_root_is_the_page(page: StaticFiles) -> None:
    response = page.answer(request("/"))
    assert (response.body, dict(response.headers)["Content-Type"]) == (b"<html>", "text/html; charset=utf-8")
    assert dict(response.headers)["Cache-Control"] == "no-cache"


def test_a_module_has_the_type_that_browsers_want(page: StaticFiles) -> None:
    assert dict(page.answer(request("/phone/app.js")).headers)["Content-Type"].startswith("text/javascript")


@pytest.mark.parametrize("path", ["/v/", "/v/cert_01KAQ8ZJ6M3X5V9T2R7W4Y8N1P", "/v/%E8%AF%81"])
def test_a_certificates_address_is_the_page_that_verifies(page: StaticFiles, path: str) -> None:
    assert page.answer(request(path)).body == b"<html><!-- verify -->"
    assert page.answer(request("/v/verify.js")).body == b"export {}"


@pytest.mark.parametrize(
    "path",
    [
        "/v",
        "/v/missing.js",
        "/v/a/b",
        "/v/%00",
        "/v/..",
        "/phone",
        "/phone/",
        "/missing.js",
        "/../secret.js",
        "/%2e%2e/secret.js",
        "/phone/..%2f..%2fsecret.js",
        "/phone//app.js",
        "/.secret.js",
        "/notes.md",
        "/out.js",
        "/phone\\app.js",
        "/phone/app.js%00",
        "//phone/app.js",
        "/" + "a/" * 2000,
    ],
)
def test_nothing_else_is_a_page(page: StaticFiles, path: str) -> None:
    with pytest.raises(Refused) as refused:
        page.answer(request(path))
    assert refused.value.status == 404


def test_a_page_takes_no_post(page: StaticFiles) -> None:
    with pytest.raises(Refused) as refused:
        page.answer(request("/", "POST"))
    assert refused.value.status == 405


def test_the_api_sees_the_request_as_it_was_sent(backend: Api, client: Client) -> None:
    body = '{"a": "中文", "b":1 }'.encode()
    sent = {
        "Content-Type": "application/json",
        "Signature-Input": 'sig1=("@method");created=1',
        "Signature": "sig1=:AA==:",
        "Content-Digest": "sha-256=:AA==:",
        "Idempotency-Key": '"k"',
        "Authorization": "Bearer t",
    }
    client.call("POST", "/v1/things/%E4%B8%AD?b=2&a=%20x&a=", body, sent)
    [seen] = backend.seen
    assert (seen.method, seen.target, seen.body) == ("POST", "/v1/things/%E4%B8%AD?b=2&a=%20x&a=", body)
    assert {name: seen.headers[name] for name in sent} == sent


def test_who_accepts_nothing_in_particular_accepts_anything(backend: Api, client: Client) -> None:
    client.call("GET", "/v1/x", b"", {})
    client.call("GET", "/v1/x", b"", {"Accept": "application/cbor"})
    assert [seen.headers["Accept"] for seen in backend.seen] == ["*/*", "application/cbor"]


@pytest.mark.parametrize("path", ["/v1/x", "/v2/x", "/.well-known/jwks.json"])
def test_each_of_the_apis_paths_goes_there(backend: Api, client: Client, path: str) -> None:
    backend.on("GET", path, (200, {"here": True}))
    assert client.get(path).json == {"here": True}


def test_the_apis_answer_comes_as_it_is(backend: Api, client: Client) -> None:
    def answer(_: Seen) -> tuple[int, dict[str, str], bytes]:
        return 302, {"Location": "http://127.0.0.1:1/signed?x=1", "X-Own": "1"}, b"\x00\xff"

    backend.on("GET", "/v1/certificates/c/download", answer)
    reply = client.get("/v1/certificates/c/download?format=pdf")
    assert (reply.status, reply.headers["Location"]) == (302, "http://127.0.0.1:1/signed?x=1")
    assert (reply.headers["X-Own"], reply.body) == ("1", b"\x00\xff")


def test_one_connection_serves_many_requests(backend: Api, origin: Origin) -> None:
    backend.on("GET", "/v1/x", (200, {}))
    connection = HTTPConnection("127.0.0.1", origin.listener.server_port, timeout=5)
    for _ in range(3):
        connection.request("GET", "/v1/x")
        assert connection.getresponse().read() == b"{}"
    connection.close()
    assert len(backend.at("/v1/x")) == 3


def test_a_target_with_its_authority_is_the_same(client: Client) -> None:
    assert client.get("http://gateway.test/sandbox/health").json == client.get("/sandbox/health").json


def test_an_api_that_is_gone_is_503(backend: Api, client: Client) -> None:
    backend.close()
    reply = client.get("/v1/x")
    assert (reply.status, reply.json["code"]) == (503, "api-unreachable")


def test_unknown_calls_and_methods_are_told(client: Client) -> None:
    assert client.get("/sandbox/nothing").status == 404
    assert client.post("/sandbox/people").status == 405
    assert client.call("PUT", "/sandbox/faults", b"{", {}).json["code"] == "malformed-json"


def test_a_body_too_large_or_without_length_is_refused(origin: Origin) -> None:
    for head in ("Content-Length: 99999999", "Content-Length: -1", "Transfer-Encoding: chunked"):
        with socket.create_connection(("127.0.0.1", origin.listener.server_port), timeout=5) as raw:
            raw.sendall(f"POST /sandbox/faults HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n".encode())
            assert raw.recv(100).split()[1] in {b"411", b"413"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"department": {"real-estate": {"kind": "sleepy"}}},
        {"department": {"none": {"kind": "down"}}},
        {"notification": {"kind": "late", "seconds": -1}},
        {"hospital": {"hos_1": {"status": 200}}},
        {"unknown": 1},
        {"timeScale": 2},
    ],
)
def test_a_fault_that_cannot_be_is_refused_and_changes_nothing(
    client: Client, wrong: dict[str, object]
) -> None:
    before = client.put("/sandbox/faults", {"face": {"outcome": "failed"}}).json
    assert client.put("/sandbox/faults", wrong).status == 422
    assert client.get("/sandbox/faults").json == before


def test_faults_are_listed_as_they_stand_and_cleared(client: Client) -> None:
    client.put("/sandbox/faults", {"department": {"veterans": {"kind": "slow", "seconds": 1}}})
    standing = client.get("/sandbox/faults").json
    assert standing["department"] == {"veterans": {"kind": "slow", "seconds": 1.0}}
    cleared = client.call("DELETE", "/sandbox/faults", b"", {}).json
    assert cleared == {
        "department": {},
        "notification": None,
        "feed": None,
        "hospital": {},
        "face": None,
        "gateway": None,
        "bill": None,
        "settlement": None,
        "insurer": None,
        "fund": None,
        "timeScale": 1.0,
    }


def test_happenings_are_streamed_and_can_be_polled(origin: Origin, client: Client) -> None:
    origin.world.events.tell("trade", tradeNo="1")
    connection = HTTPConnection("127.0.0.1", origin.listener.server_port, timeout=5)
    connection.request("GET", "/sandbox/events/stream", headers={"Last-Event-ID": "0"})
    stream = connection.getresponse()
    assert stream.headers["Content-Type"].startswith("text/event-stream")
    origin.world.events.tell("trade", tradeNo="2")
    told: list[str] = []
    while len(told) < 2:
        line = stream.fp.readline().decode()
        if line.startswith("data: "):
            told.append(json.loads(line.removeprefix("data: "))["tradeNo"])
    stream.close()
    connection.close()
    assert told == ["1", "2"]
    assert [each["tradeNo"] for each in client.get("/sandbox/events?after=1").json["items"]] == ["2"]


def test_a_rush_on_one_thing_gets_it_once(
    origin: Origin, client: Client, backend: Api, person: Person
) -> None:
    """Sixteen at once log in with one code, order under one number, and pay one trade."""
    backend.on("POST", "/notify", (200, b"success"))
    outside = origin.world
    merchant = Merchant(
        outside.payment_app.gateway, outside.keys.rsa(PLATFORM_KEY).public_key(), outside.clock
    )
    code = outside.payment_app.codes.give(person.user_id, OWN_APP_ID)
    order = {"out_trade_no": "one", "total_amount": "1.00", "subject": "s", "buyer_id": person.user_id}

    def login(_: int) -> str | None:
        return merchant.call("alipay.system.oauth.token", grant_type="authorization_code", code=code).get(
            "user_id"
        )

    def create(_: int) -> str:
        return str(
            merchant.call("alipay.trade.create", order, notify_url=backend.url + "/notify")["trade_no"]
        )

    with ThreadPoolExecutor(16) as rush:
        assert [user for user in rush.map(login, range(16)) if user] == [person.user_id]
        [trade_no] = set(rush.map(create, range(16)))
        paid = list(
            rush.map(lambda _: client.post(f"/sandbox/payment-app/trades/{trade_no}/pay").json, range(16))
        )
    assert {each["status"] for each in paid} == {"TRADE_SUCCESS"}
    assert len(backend.at("/notify")) == 1
