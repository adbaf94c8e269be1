"""The packaged template: what every table, queue, bucket, key and function of it must have."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from infra.merge import FragmentsDisagree, merged
from infra.package import thin
from sandbox.place import ROOT

pytestmark = pytest.mark.xdist_group("packaging")

REGIONS = ["us-east-1", "cn-north-1", "cn-northwest-1"]
POLICIES = sorted((ROOT / ".chalice").glob("policy-*.json"))
VISIBILITY_PER_TIMEOUT = 6


@pytest.fixture(scope="session")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return thin(tmp_path_factory.mktemp("template") / "bundle")


@pytest.fixture(scope="session")
def template(bundle: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((bundle / "sam.json").read_text())
    return content


def test_cfn_lint_has_nothing_to_say(bundle: Path) -> None:
    command = [
        str(Path(sys.executable).with_name("cfn-lint")),
        "-t",
        str(bundle / "sam.json"),
        "-r",
        *REGIONS,
    ]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_a_policy_names_actions_and_resources_one_by_one(path: Path) -> None:
    for statement in json.loads(path.read_text())["Statement"]:
        assert statement["Effect"] == "Allow"
        assert not [action for action in statement["Action"] if "*" in action], statement["Sid"]
        assert all(isinstance(resource, dict) for resource in statement["Resource"]), statement["Sid"]


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_whoever_signs_calls_to_the_payment_app_may_check_its_answers_in_either_mode(path: Path) -> None:
    granted = {
        (action, json.dumps(resource))
        for statement in json.loads(path.read_text())["Statement"]
        for action in statement["Action"]
        for resource in statement["Resource"]
    }
    storage, table = ({"Fn::GetAtt": [name, "Arn"]} for name in ("StorageKey", "CoreTable"))
    needed = {
        ("s3:GetObject", json.dumps({"Fn::Sub": "${CertificateBucket.Arn}/trust/payment-app/*"})),
        ("kms:Decrypt", json.dumps(storage)),
        ("dynamodb:GetItem", json.dumps(table)),
        ("dynamodb:PutItem", json.dumps(table)),
    }
    if ("kms:Sign", json.dumps({"Fn::GetAtt": ["PaymentAppKey", "Arn"]})) in granted:
        assert needed <= granted


def test_every_function_has_a_role_and_policy_of_its_own(template: dict[str, Any]) -> None:
    functions = _of(template, "AWS::Serverless::Function")
    roles = {name: f["Role"]["Fn::GetAtt"][0] for name, f in functions.items()}
    assert len(set(roles.values())) == len(functions) == len(POLICIES)
    granted = {json.dumps(template["Resources"][role]["Properties"]["Policies"]) for role in roles.values()}
    assert len(granted) == len(functions)


def test_every_table_is_encrypted_recoverable_expiring_and_streamed(template: dict[str, Any]) -> None:
    tables = _of(template, "AWS::DynamoDB::Table")
    assert set(tables) == {"CoreTable", "ClinicTable"}
    for table in tables.values():
        assert table["SSESpecification"]["KMSMasterKeyId"] == {"Fn::GetAtt": ["StorageKey", "Arn"]}
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
        assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
        assert table["StreamSpecification"]["StreamViewType"] == "NEW_AND_OLD_IMAGES"
        assert table["DeletionProtectionEnabled"] == {"Fn::If": ["Cloud", True, False]}


def test_every_queue_with_a_worker_has_a_dead_letter_queue_and_time_to_work(template: dict[str, Any]) -> None:
    queues, functions = _of(template, "AWS::SQS::Queue"), _of(template, "AWS::Serverless::Function")
    worked = {
        event["Properties"]["Queue"]["Fn::GetAtt"][0]: (function["Timeout"], event["Properties"])
        for function in functions.values()
        for event in function.get("Events", {}).values()
        if event["Type"] == "SQS"
    }
    assert set(worked) == {"PaymentsQueue", "CertificatesQueue", "EventsQueue", "NoticesQueue"}
    for name, (timeout, event) in worked.items():
        redrive = queues[name]["RedrivePolicy"]
        assert redrive["deadLetterTargetArn"]["Fn::GetAtt"][0] in queues
        assert redrive["maxReceiveCount"] == 10  # with the rests of platform/queue.py: more than two days
        assert queues[name]["VisibilityTimeout"] >= VISIBILITY_PER_TIMEOUT * timeout
        assert event["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert all(queue["KmsMasterKeyId"] for queue in queues.values())


def test_every_bucket_is_private_encrypted_versioned_and_spoken_to_over_tls(template: dict[str, Any]) -> None:
    for name, bucket in _of(template, "AWS::S3::Bucket").items():
        assert all(bucket["PublicAccessBlockConfiguration"].values())
        assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
        (statement,) = template["Resources"][f"{name}Policy"]["Properties"]["PolicyDocument"]["Statement"]
        assert statement["Effect"] == "Deny"
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_every_symmetric_key_rotates_and_every_key_outlives_its_stack(template: dict[str, Any]) -> None:
    keys = _of(template, "AWS::KMS::Key")
    for name, key in keys.items():
        assert key.get("EnableKeyRotation", False) == (key["KeySpec"] == "SYMMETRIC_DEFAULT")
        assert template["Resources"][name]["DeletionPolicy"] == "Retain"
    assert {key["KeySpec"] for key in keys.values()} == {
        "SYMMETRIC_DEFAULT",
        "HMAC_256",
        "ECC_NIST_P256",
        "RSA_2048",
    }


def test_only_the_certificate_worker_carries_the_layer(template: dict[str, Any]) -> None:
    functions = _of(template, "AWS::Serverless::Function")
    assert [name for name, function in functions.items() if "Layers" in function] == ["WorkCertificates"]


def test_fragments_that_disagree_are_an_error() -> None:
    assert merged({"a": {"b": 1}}, {"a": {"c": 2}}) == {"a": {"b": 1, "c": 2}}
    with pytest.raises(FragmentsDisagree, match="/a/b"):
        merged({"a": {"b": 1}}, {"a": {"b": 2}})


def _of(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {n: r.get("Properties", {}) for n, r in template["Resources"].items() if r.get("Type") == kind}
