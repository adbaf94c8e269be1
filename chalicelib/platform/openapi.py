"""The OpenAPI 3.1 document, generated from the routes and their models, never written by hand.

Only the route that serves it and the tests need this module, so `import app` does not load it.
"""

import re
from collections.abc import Iterable
from typing import Any, cast

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from chalicelib.errors import AppError, Malformed
from chalicelib.platform.http import FORM, Operation, Routes

_REF = "#/components/schemas/{model}"
_PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "titleZh", "status", "code", "instance"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "titleZh": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "instance": {"type": "string"},
        "detail": {"type": "string"},
        "detailZh": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
_SECURITY: dict[str, Any] = {
    "citizen": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "institution": {
        "type": "apiKey",
        "in": "header",
        "name": "Signature",
        "description": "HTTP message signature (RFC 9421), profile sc-callback",
    },
}


def document(blueprints: Iterable[Routes], version: str, server: str) -> dict[str, Any]:
    """The whole document for these blueprints' routes."""
    operations = [operation for blueprint in blueprints for operation in blueprint.operations]
    refs, definitions = _schemas(operations)
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, refs)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "zerotrip",
            "version": version,
            "summary": "Data travels between departments, so that citizens need not",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": server}],
        "paths": paths,
        "components": {"schemas": definitions | {"Problem": _PROBLEM}, "securitySchemes": _SECURITY},
    }


_Refs = dict[tuple[type[BaseModel], JsonSchemaMode], dict[str, Any]]


def _schemas(operations: list[Operation]) -> tuple[_Refs, dict[str, Any]]:
    inputs = {operation.body for operation in operations if operation.body}
    outputs = {operation.returns for operation in operations if operation.returns}
    models: list[tuple[type[BaseModel], JsonSchemaMode]] = [
        *((model, "validation") for model in sorted(inputs, key=lambda model: model.__name__)),
        *((model, "serialization") for model in sorted(outputs, key=lambda model: model.__name__)),
    ]
    refs, schema = models_json_schema(models, by_alias=True, ref_template=_REF)
    return cast("_Refs", refs), dict(schema.get("$defs", {}))


def _operation(operation: Operation, refs: _Refs) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.view.__name__,
        "summary": operation.summary,
        "tags": [operation.view.__module__.split(".")[1]],
        "responses": _responses(operation, refs),
    }
    parameters = [*_path_parameters(operation), *_query_parameters(operation), *_key_parameter(operation)]
    if parameters:
        described["parameters"] = parameters
    if operation.body:
        schema = refs[operation.body, "validation"]
        described["requestBody"] = {"required": True, "content": {operation.content_type: {"schema": schema}}}
    elif operation.content_type == FORM:
        described["requestBody"] = {"required": True, "content": {FORM: {"schema": {"type": "object"}}}}
    if operation.auth:
        described["security"] = [{operation.auth.name: []}]
    return described


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    names = re.findall(r"{(\w+)}", operation.path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    schema = operation.query.model_json_schema(by_alias=True)
    required = schema.get("required", [])
    return [
        {"name": name, "in": "query", "required": name in required, "schema": each}
        for name, each in schema["properties"].items()
    ]


def _key_parameter(operation: Operation) -> list[dict[str, Any]]:
    if operation.method != "POST" or operation.auth is None or operation.auth.name != "citizen":
        return []
    schema = {"type": "string", "minLength": 8, "maxLength": 128}
    return [{"name": "Idempotency-Key", "in": "header", "required": False, "schema": schema}]


def _responses(operation: Operation, refs: _Refs) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": "Done"}
    if operation.returns:
        answer["content"] = {"application/json": {"schema": refs[operation.returns, "serialization"]}}
    return {str(operation.status): answer} | _problems(operation)


def _problems(operation: Operation) -> dict[str, Any]:
    facts: list[type[AppError]] = list(operation.errors)
    if operation.body or operation.query:
        facts += [operation.invalid, Malformed]
    described: dict[str, list[str]] = {}
    for fact in facts:
        described.setdefault(str(fact.status), []).append(fact.code)
    if operation.auth:
        described.setdefault("401", []).append(
            "token-invalid" if operation.auth.name == "citizen" else "signature-invalid"
        )
    content = {"application/problem+json": {"schema": {"$ref": _REF.format(model="Problem")}}}
    return {
        status: {"description": ", ".join(sorted(set(codes))), "content": content}
        for status, codes in sorted(described.items())
    }
