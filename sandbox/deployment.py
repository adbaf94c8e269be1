"""Deploys the thin bundle to the embedded cloud, and does there what its CloudFormation leaves out.

Knows the parameters of the template and which names the functions are given, nothing about processes.
"""

import base64
import json
import os
from collections.abc import Mapping
from pathlib import Path

import boto3

from chalicelib.wiring import PAYMENT_APP_TRUST
from infra.deploy import deploy
from infra.merge import fragments
from sandbox.calls import call
from sandbox.emulator import client_environment
from sandbox.place import Place

STACK = "zerotrip-local"


def deployed(place: Place, bundle: Path, identity: Mapping[str, str]) -> dict[str, str]:
    """Deploy, and return the names that the functions are given, with the API's id."""
    os.environ.update(client_environment(place))
    parameters = {
        "Env": "local",
        "PublicBaseUrl": place.url,
        "TimestampUrl": f"{place.url}/sandbox/authority/time-stamps",
        "PaymentAppGateway": f"{place.url}/sandbox/payment-app/gateway.do",
        "PaymentAppId": identity["appId"],
        "PaymentAppTrust": _trust(),
        "PaymentAppPublicKey": identity["platformPublicKey"],
        "PaymentSellerId": identity["sellerId"],
    }
    outputs = deploy(bundle, STACK, parameters)
    _finish_tables()
    names = _given(outputs["APIHandlerName"])
    _hand_over_public_key(place, names["PAYMENT_APP_KEY"])
    resources = boto3.client("cloudformation").describe_stack_resources(StackName=STACK)["StackResources"]
    return names | {"REST_API": outputs["RestAPIId"], "RESOURCES": str(len(resources))}


def names_of(place: Place) -> dict[str, str]:
    """The names that the functions are given by what is deployed."""
    os.environ.update(client_environment(place))
    stack = boto3.client("cloudformation").describe_stacks(StackName=STACK)["Stacks"][0]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
    return _given(outputs["APIHandlerName"])


def _given(function: str) -> dict[str, str]:
    found = boto3.client("lambda").get_function_configuration(FunctionName=function)
    return dict(found["Environment"]["Variables"])


def _trust() -> str:
    """Certificate mode, unless the environment wants the other one."""
    return os.environ.get("ZEROTRIP_PAYMENT_APP_TRUST", "certificates")


def hand_out_certificates(place: Place, names: Mapping[str, str]) -> str:
    """Put the payment app's three files where the functions read them, as an operator does; says which mode it is."""
    if names["PAYMENT_APP_TRUST"] == "certificates":
        files = json.loads(call("GET", f"{place.url}/sandbox/payment-app/certificates", {}, b"").body)
        for key in PAYMENT_APP_TRUST:
            boto3.client("s3").put_object(
                Bucket=names["CERTIFICATE_BUCKET"],
                Key=key,
                Body=files[Path(key).stem].encode(),
                ServerSideEncryption="aws:kms",
                SSEKMSKeyId=names["STORAGE_KEY"],
            )
    return names["PAYMENT_APP_TRUST"]


def wake_workers() -> None:
    """Hand an empty batch to every function that works on a stream or a queue: the first errand finds them started."""
    client = boto3.client("lambda")
    for source in client.list_event_source_mappings()["EventSourceMappings"]:
        client.invoke(FunctionName=source["FunctionArn"], InvocationType="Event", Payload=b'{"Records": []}')


def _finish_tables() -> None:
    """Ask for what the template says and MiniStack's CloudFormation leaves out: expiry and point-in-time recovery."""
    dynamodb, stack = boto3.client("dynamodb"), boto3.client("cloudformation")
    for logical, resource in fragments()["Resources"].items():
        if resource.get("Type") != "AWS::DynamoDB::Table":
            continue
        found = stack.describe_stack_resource(StackName=STACK, LogicalResourceId=logical)[
            "StackResourceDetail"
        ]
        table, said = found["PhysicalResourceId"], resource["Properties"]
        if (
            dynamodb.describe_time_to_live(TableName=table)["TimeToLiveDescription"]["TimeToLiveStatus"]
            == "DISABLED"
        ):
            dynamodb.update_time_to_live(
                TableName=table, TimeToLiveSpecification=said["TimeToLiveSpecification"]
            )
        recovery = said["PointInTimeRecoverySpecification"]
        dynamodb.update_continuous_backups(TableName=table, PointInTimeRecoverySpecification=recovery)


def _hand_over_public_key(place: Place, key: str) -> None:
    """Give the payment app our public key, as an operator would upload it to the open platform."""
    der = boto3.client("kms").get_public_key(KeyId=key)["PublicKey"]
    text = base64.encodebytes(der).decode()
    place.world.mkdir(parents=True, exist_ok=True)
    pem = f"-----BEGIN PUBLIC KEY-----\n{text}-----END PUBLIC KEY-----\n"
    (place.world / "app_public_key.pem").write_text(pem, encoding="ascii")
