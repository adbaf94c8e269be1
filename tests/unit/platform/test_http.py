"""Routes: strict bodies, every error as problem+json, idempotency keys. A tiny app stands for the capabilities."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Annotated

import pytest
from chalice.app import Chalice
from pydantic import BaseModel, Field

from chalicelib.errors import Conflict, Gone, TooMany, Unavailable
from chalicelib.platform import http
from chalicelib.platform.dynamo import Table
from chalicelib.platform.http import Auth, Call, Reply, Routes
from chalicelib.platform.idempotency import Idempotency
from chalicelib.platform.tokens import TokenInvalid
from chalicelib.types import Moment, Wire
from tests.api import Api, ApiAnswer
from tests.clock import HeldClock
from tests.cloud import Cloud

PROBLEM = "application/problem+json"


class Order(Wire):
    what: Annotated[str, Field(min_length=1, max_length=20)]
    how_many: int
    at: Moment | None = None


class Made(Wire):
    order_number: int
    what: str


class Filter(Wire):
    limit: Annotated[int, Field(ge=1, le=50)] = 20


class SoldOut(Conflict):
    code = "sold-out"
    title = "Sold out"
    title_zh = "已售罄"


class Enough(TooMany):
    code = "enough"
    title = "Enough for today"
    title_zh = "今日已满"


class Over(Gone):
    code = "over"
    title = "Over"
    title_zh = "已结束"


@dataclass(frozen=True)
class Buyer:
    id: str


@dataclass
class Shop:
    """A capability with one use-case; `before` runs inside it."""

    made: int = 0
    before: Callable[[], None] = field(default=lambda: None)

    def make(self, order: Order) -> Made:
        self.before()
        self.made += 1
        return Made(order_number=self.made, what=order.what)


def _recognise(call: Call) -> Buyer:
    name = call.bearer()
    if name not in {"alice", "bob"}:
        raise TokenInvalid
    return Buyer(name)


@pytest.fixture
def shop() -> Shop:
    return Shop()


@pytest.fixture
def api(shop: Shop, cloud: Cloud, clock: HeldClock) -> Api:
    """A Chalice app with a few routes of the kinds that capabilities declare."""
    routes = Routes("shop", lambda: Idempotency(Table("CoreTable")))
    buyer = Auth("buyer", _recognise)

    @routes.on("POST", "/v1/orders", status=201, auth=buyer)
    def make_order(caller: Buyer, body: Order) -> Made:
        """Make an order."""
        return shop.make(body)

    @routes.on("POST", "/v1/looks", auth=buyer, repeatable=True)
    def look(caller: Buyer, body: Order) -> Made:
        """Harmless to repeat."""
        return shop.make(body)

    @routes.on("GET", "/v1/orders/{order_id}")
    def get_order(order_id: str, query: Filter) -> Made:
        """One order."""
        return Made(order_number=query.limit, what=order_id)

    @routes.on("GET", "/v1/over")
    def get_over() -> Made:
        """Refuses with words of its own."""
        raise Over(detail="it ended at noon", detail_zh="已于中午结束")

    @routes.on("GET", "/v1/broken")
    def get_broken() -> Made:
        """Fails in a way that nobody foresaw."""
        raise ValueError("330102199005170018 张三")

    @routes.on("GET", "/v1/elsewhere")
    def get_elsewhere() -> Reply:
        """Redirects."""
        return Reply(302, headers={"Location": "https://example.org/"})

    @routes.on("GET", "/v1/picture")
    def get_picture() -> Reply:
        """Bytes that are no text."""
        return Reply(200, b"\x00\xff\xfe", "image/x-own")

    @routes.on("POST", "/v1/notify", content_type=http.FORM)
    def notify(call: Call) -> Reply:
        """Reads the raw body."""
        return Reply(200, call.body.decode())

    served = Chalice(app_name="shop")
    served.register_middleware(http.normalise, "http")
    served.register_blueprint(routes)
    return Api(served)


ORDER = {"what": "tea", "howMany": 1}


def order(api: Api, body: object = ORDER, key: str = "", *, by: str = "alice") -> ApiAnswer:
    headers = {"idempotency-key": key} if key else {}
    return api.post("/v1/orders", body, token=by, headers=headers)


def test_a_valid_order_is_made(api: Api) -> None:
    answer = order(api, ORDER | {"at": "2026-11-23T04:05:06Z"})
    assert (answer.status, answer.json) == (201, {"orderNumber": 1, "what": "tea"})
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("raw", [b"{", b"", b"\xff", b'{"what": "\\ud800"}', b"[" * 5000])
def test_a_body_that_is_no_json_is_malformed(api: Api, shop: Shop, raw: bytes) -> None:
    answer = api.call("POST", "/v1/orders", raw, token="alice", headers={"content-type": "application/json"})
    assert (answer.status, answer.code) == (400, "malformed-json")
    assert answer.headers["content-type"] == PROBLEM
    assert shop.made == 0


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (ORDER | {"howMany": "1"}, "/howMany"),
        (ORDER | {"howMany": 1.0}, "/howMany"),
        (ORDER | {"howMany": True}, "/howMany"),
        (ORDER | {"what": ""}, "/what"),
        (ORDER | {"what": None}, "/what"),
        ({"howMany": 1}, "/what"),
        (ORDER | {"how_many": 1}, "/how_many"),
        (ORDER | {"price": 0}, "/price"),
        (ORDER | {"at": "noon"}, "/at"),
        ([], "/"),
    ],
)
def test_a_body_is_read_strictly_and_each_fault_is_pointed_at(
    api: Api, shop: Shop, body: object, pointer: str
) -> None:
    answer = order(api, body)
    assert (answer.status, answer.code) == (422, "payload-invalid")
    assert pointer in [each["pointer"] for each in answer.json["errors"]]
    assert shop.made == 0


def test_a_problem_never_repeats_what_was_sent(api: Api) -> None:
    answer = order(api, ORDER | {"howMany": "330102199005170018", "what": "张三" * 20})
    assert answer.status == 422
    assert "330102" not in answer.body.decode()
    assert "张三" not in answer.body.decode()


def test_a_huge_body_is_refused(api: Api) -> None:
    answer = order(api, b'{"what": "' + b"x" * 300_000 + b'"}')
    assert (answer.status, answer.code) == (422, "payload-too-large")


def test_a_problem_says_everything_in_two_languages(api: Api) -> None:
    answer = api.get("/v1/over")
    assert answer.headers["content-type"] == PROBLEM
    assert answer.json == {
        "type": "/docs/problems#over",
        "title": "Over",
        "titleZh": "已结束",
        "status": 410,
        "code": "over",
        "instance": "/v1/over",
        "detail": "it ended at noon",
        "detailZh": "已于中午结束",
    }


def test_an_outage_says_when_to_come_back(api: Api, shop: Shop) -> None:
    def outage() -> None:
        raise Unavailable

    shop.before = outage
    answer = order(api)
    assert (answer.status, answer.code, answer.headers["retry-after"]) == (503, "unavailable", "2")


def test_an_unforeseen_fault_is_a_plain_500_and_its_message_stays_out_of_the_log(
    api: Api, log_lines: Callable[[], str]
) -> None:
    answer = api.get("/v1/broken")
    assert (answer.status, answer.code) == (500, "internal")
    logged = log_lines()
    assert "ValueError" in logged
    assert "get_broken" in logged
    for text in (logged, answer.body.decode()):
        assert "330102" not in text
        assert "张三" not in text


@pytest.mark.parametrize("header", [{}, {"authorization": "Basic YTpi"}, {"authorization": "Bearer eve"}])
def test_a_caller_nobody_knows_is_refused(api: Api, shop: Shop, header: dict[str, str]) -> None:
    answer = api.post("/v1/orders", ORDER, headers=header)
    assert (answer.status, answer.code) == (401, "token-invalid")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert shop.made == 0


def test_who_calls_is_settled_before_the_body_is_read(api: Api) -> None:
    assert order(api, b"{", by="eve").status == 401


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/orders/o1", 200, None),
        ("/v1/orders/o1?limit=50", 200, None),
        ("/v1/orders/o1?limit=51", 422, "payload-invalid"),
        ("/v1/orders/o1?limit=x", 422, "payload-invalid"),
        ("/v1/orders/o1?unknown=1", 422, "payload-invalid"),
    ],
)
def test_query_parameters_are_validated(api: Api, path: str, status: int, code: str | None) -> None:
    answer = api.get(path)
    assert (answer.status, answer.code) == (status, code)


@pytest.mark.parametrize(
    ("method", "path", "headers", "status", "code"),
    [
        ("GET", "/v1/orders", {}, 405, "method-not-allowed"),
        ("POST", "/v1/orders", {"content-type": "text/plain"}, 415, "media-type-unsupported"),
        ("POST", "/v1/notify", {"content-type": "application/json"}, 415, "media-type-unsupported"),
    ],
)
def test_the_frameworks_own_refusals_look_like_ours(
    api: Api, method: str, path: str, headers: dict[str, str], status: int, code: str
) -> None:
    answer = api.call(method, path, b"x", headers=headers)
    assert (answer.status, answer.code) == (status, code)
    assert answer.headers["content-type"] == PROBLEM


def test_a_form_route_sees_the_raw_body(api: Api) -> None:
    headers = {"content-type": http.FORM}
    answer = api.call("POST", "/v1/notify", b"a=%E5%BC%A0&b=", headers=headers)
    assert (answer.status, answer.body) == (200, b"a=%E5%BC%A0&b=")


def test_a_redirect_keeps_its_address(api: Api) -> None:
    answer = api.get("/v1/elsewhere")
    assert (answer.status, answer.headers["location"]) == (302, "https://example.org/")


# -- idempotency keys
def test_a_repeated_key_gets_the_first_answer(api: Api, shop: Shop) -> None:
    first, again = order(api, key="key-00001"), order(api, key="key-00001")
    assert (again.status, again.json) == (first.status, first.json)
    assert again.headers["idempotency-replayed"] == "true"
    assert shop.made == 1


def test_a_refusal_is_kept_too(api: Api, shop: Shop) -> None:
    def refuse() -> None:
        raise SoldOut

    shop.before = refuse
    assert order(api, key="key-00001").code == "sold-out"
    shop.before = lambda: None
    again = order(api, key="key-00001")
    assert (again.status, again.code, again.headers["content-type"]) == (409, "sold-out", PROBLEM)


def test_another_payload_under_a_used_key_is_refused(api: Api, shop: Shop) -> None:
    order(api, key="key-00001")
    answer = order(api, ORDER | {"howMany": 2}, key="key-00001")
    assert (answer.status, answer.code) == (422, "idempotency-key-reused")
    assert shop.made == 1


def test_two_callers_may_use_the_same_key(api: Api, shop: Shop) -> None:
    order(api, key="key-00001")
    assert order(api, key="key-00001", by="bob").json["orderNumber"] == 2


def test_without_a_key_everything_is_done_again(api: Api, shop: Shop) -> None:
    order(api)
    order(api)
    assert shop.made == 2


def test_a_second_request_while_the_first_is_under_way_is_told_so(api: Api, shop: Shop) -> None:
    answers: list[ApiAnswer] = []

    def meanwhile() -> None:
        shop.before = lambda: None
        answers.append(order(api, key="key-00001"))

    shop.before = meanwhile
    assert order(api, key="key-00001").status == 201
    assert [each.code for each in answers] == ["request-in-flight"]
    assert shop.made == 1


def test_a_claim_whose_process_died_is_taken_over(api: Api, shop: Shop, clock: HeldClock) -> None:
    def die() -> None:
        raise SystemExit

    shop.before = die
    with pytest.raises(SystemExit):
        order(api, key="key-00001")
    shop.before = lambda: None
    assert order(api, key="key-00001").code == "request-in-flight"
    clock.turn(seconds=31)
    assert order(api, key="key-00001").status == 201
    assert shop.made == 1


def test_an_outage_releases_its_claim_at_once(api: Api, shop: Shop) -> None:
    def outage() -> None:
        raise Unavailable

    shop.before = outage
    assert order(api, key="key-00001").status == 503
    shop.before = lambda: None
    assert order(api, key="key-00001").status == 201


def test_too_many_is_not_kept_and_says_when_to_come_again(api: Api, shop: Shop) -> None:
    def enough() -> None:
        raise Enough(3600)

    shop.before = enough
    answer = order(api, key="key-00001")
    assert (answer.status, answer.code, answer.headers["retry-after"]) == (429, "enough", "3600")
    shop.before = lambda: None
    assert order(api, key="key-00001").status == 201


def test_an_answer_is_kept_for_a_day_even_where_its_record_lies_longer(
    api: Api, shop: Shop, clock: HeldClock
) -> None:
    order(api, key="key-00001")
    clock.turn(hours=23, minutes=59)
    assert order(api, key="key-00001").json["orderNumber"] == 1
    clock.turn(minutes=1)
    assert order(api, ORDER | {"howMany": 2}, key="key-00001").json["orderNumber"] == 2
    assert order(api, ORDER | {"howMany": 2}, key="key-00001").json["orderNumber"] == 2


def test_a_slow_first_request_that_was_overtaken_does_not_overwrite_the_kept_answer(
    api: Api, shop: Shop, clock: HeldClock
) -> None:
    def overtaken() -> None:
        shop.before = lambda: None
        clock.turn(seconds=31)
        assert order(api, key="key-00001").json["orderNumber"] == 1

    shop.before = overtaken
    assert order(api, key="key-00001").json["orderNumber"] == 2
    assert order(api, key="key-00001").json["orderNumber"] == 1


@pytest.mark.parametrize("key", ["short", "x" * 129, "with space", "中文中文中文中文"])
def test_a_key_of_another_form_is_refused(api: Api, shop: Shop, key: str) -> None:
    answer = order(api, key=key)
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/Idempotency-Key")
    assert shop.made == 0


def test_a_repeatable_route_keeps_no_record(api: Api, shop: Shop, cloud: Cloud) -> None:
    for _ in range(2):
        assert (
            api.post("/v1/looks", ORDER, token="alice", headers={"idempotency-key": "key-00001"}).status
            == 200
        )
    assert shop.made == 2
    assert cloud.items() == []


def test_the_key_itself_is_not_stored(api: Api, cloud: Cloud) -> None:
    order(api, key="key-00001")
    assert "key-00001" not in json.dumps(cloud.items())


def test_what_a_route_declares_is_what_the_document_can_tell() -> None:
    routes = Routes("shop", lambda: Idempotency(Table("CoreTable")))

    @routes.on("POST", "/v1/orders", status=201, errors=(SoldOut,))
    def make_order(body: Order) -> Made:
        """Make an order.

        More words.
        """
        raise SoldOut

    (operation,) = routes.operations
    described: tuple[type[BaseModel] | None, ...] = (operation.body, operation.query, operation.returns)
    assert described == (Order, None, Made)
    assert (operation.summary, operation.status, operation.errors) == ("Make an order.", 201, (SoldOut,))


@pytest.mark.parametrize(
    ("context", "path"),
    [
        ({"path": "/api/v1/cards/c1", "stage": "api"}, "/v1/cards/c1"),
        ({"path": "/v1/cards/c1", "stage": "api"}, "/v1/cards/c1"),
        ({"path": "/v1/cards/c1"}, "/v1/cards/c1"),
        ({"stage": "api"}, "/v1/cards/{card_id}"),
    ],
    ids=["under the gateway's own name", "under our own name", "locally", "without a path"],
)
def test_the_path_is_the_one_that_the_caller_wrote(context: dict[str, str], path: str) -> None:
    """Signatures cover it, so the gateway's stage must not be in it."""
    request = SimpleNamespace(context=context, path="/v1/cards/{card_id}")
    assert http._public_path(request) == path  # type: ignore[arg-type]


@pytest.mark.parametrize("accept", ["image/x-own", "*/*", "application/json"])
def test_bytes_arrive_as_they_are_whatever_the_caller_accepts(api: Api, accept: str) -> None:
    answer = api.get("/v1/picture", headers={"accept": accept})
    assert (answer.status, answer.headers["content-type"]) == (200, "image/x-own")
    assert answer.body == b"\x00\xff\xfe"
