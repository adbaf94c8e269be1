"""The API's own description: valid, complete, and kept by the answers."""

import re
from typing import Any

import pytest
from openapi_spec_validator import validate

from chalicelib.rooms import blueprints
from tests.api import Api
from tests.cloud import Cloud

OPERATIONS = [operation for blueprint in blueprints() for operation in blueprint.operations]


@pytest.fixture
def document(api: Api) -> dict[str, Any]:
    answer = api.get("/v1/openapi.json")
    assert answer.status == 200
    described: dict[str, Any] = answer.json
    return described


def test_the_document_is_valid_openapi(document: dict[str, Any]) -> None:
    validate(document)
    assert document["openapi"] == "3.1.0"


def test_every_route_is_described_in_a_sentence_with_its_answers(document: dict[str, Any]) -> None:
    for operation in OPERATIONS:
        described = document["paths"][operation.path][operation.method.lower()]
        assert described["summary"].endswith((".", "?"))
        assert str(operation.status) in described["responses"]
        if operation.auth:
            assert "401" in described["responses"]


def test_operation_ids_are_unique() -> None:
    names = [operation.view.__name__ for operation in OPERATIONS]
    assert len(names) == len(set(names))


def test_every_name_on_the_wire_is_camel_case(document: dict[str, Any]) -> None:
    for name, schema in document["components"]["schemas"].items():
        for field in schema.get("properties", {}):
            assert re.fullmatch(r"[a-z][a-zA-Z0-9]*", field), f"{name}.{field}"


def test_every_body_refuses_unknown_fields(document: dict[str, Any]) -> None:
    for operation in OPERATIONS:
        if operation.body:
            assert document["components"]["schemas"][operation.body.__name__]["additionalProperties"] is False


def test_a_protected_route_says_401_without_credentials(api: Api, cloud: Cloud) -> None:
    for operation in OPERATIONS:
        if operation.auth:
            path = re.sub(r"{\w+}", "x", operation.path)
            answer = api.call(operation.method, path, {} if operation.method != "GET" else None)
            assert (answer.status, answer.headers["content-type"]) == (401, "application/problem+json"), path
            assert answer.json["titleZh"]
