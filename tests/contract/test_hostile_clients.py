"""Whatever a client sends, it gets a problem that says what to do: never a 500, never an echo of what it sent."""

import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.platform.http import FORM
from chalicelib.rooms import blueprints
from tests.api import Api
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.fakes import PaymentApp

CITIZENS = [
    operation
    for blueprint in blueprints()
    for operation in blueprint.operations
    if (operation.auth is None or operation.auth.name == "citizen") and operation.content_type != FORM
]
WITH_BODY = [operation for operation in CITIZENS if operation.body]
WITH_QUERY = [operation for operation in CITIZENS if operation.query]

_MARK = "zq9-never-echo-me"
_scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.just(_MARK)
_values = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
)


@pytest.fixture
def phone(api: Api, payment_app: PaymentApp, clock: HeldClock) -> Phone:
    made = Phone(api, payment_app)
    made.log_in()
    return made


def _fields(model: Any) -> st.SearchStrategy[dict[str, Any]]:
    names = [field.alias or name for name, field in model.model_fields.items()]
    some = dict.fromkeys(names, _values)
    return st.fixed_dictionaries({}, optional=some) | st.dictionaries(
        st.text(max_size=9), _values, max_size=3
    )


_QUICK = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize("operation", WITH_BODY, ids=lambda each: each.view.__name__)
@_QUICK
@given(data=st.data())
def test_no_body_breaks_a_route(operation: Any, phone: Phone, data: st.DataObject) -> None:
    sent = data.draw(_fields(operation.body) | _values)
    path = re.sub(r"{\w+}", "apt_01JAPHARMACY0000000000000A", operation.path)
    answer = phone.api.call(operation.method, path, sent, token=phone.token)
    assert answer.status < 500 or answer.status == 503, answer.json
    assert answer.status < 400 or answer.json["code"]
    assert _MARK not in answer.body.decode()


@pytest.mark.parametrize("operation", WITH_QUERY, ids=lambda each: each.view.__name__)
@_QUICK
@given(data=st.data())
def test_no_query_breaks_a_route(operation: Any, phone: Phone, data: st.DataObject) -> None:
    names = [field.alias or name for name, field in operation.query.model_fields.items()]
    texts = st.text(st.characters(codec="ascii", categories=["L", "N"]), max_size=30)
    sent = data.draw(st.fixed_dictionaries({}, optional=dict.fromkeys(names, texts)))
    query = "&".join(f"{name}={value}" for name, value in sent.items())
    path = re.sub(r"{\w+}", "x", operation.path)
    answer = phone.api.get(f"{path}?{query}" if query else path, token=phone.token)
    assert answer.status < 500, answer.json


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b"{}" * 9, b'{"authCode": 1e999}']
)
def test_bytes_that_are_no_request_are_refused_in_words(phone: Phone, raw: bytes) -> None:
    answer = phone.api.post("/v1/sessions", raw, headers={"content-type": "application/json"})
    assert answer.status in {400, 422}
    assert answer.code in {"malformed-json", "payload-invalid"}


def test_a_body_of_a_megabyte_is_refused(phone: Phone) -> None:
    answer = phone.api.post("/v1/sessions", {"authCode": "x" * 1_000_000})
    assert (answer.status, answer.code) == (422, "payload-too-large")


def test_a_page_of_a_million_is_refused(phone: Phone) -> None:
    assert phone.api.get("/v1/hospitals?limit=1000000", token=phone.token).code == "payload-invalid"


def test_another_media_type_is_refused_in_the_same_form(phone: Phone) -> None:
    answer = phone.api.post("/v1/sessions", b"authCode=x", headers={"content-type": "text/plain"})
    assert (answer.status, answer.code) == (415, "media-type-unsupported")
