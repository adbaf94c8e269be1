"""Deploys a bundle: uploads what its template names, then creates or updates the stack through a change set.

The same code serves the embedded cloud and a real account; only the credentials and the endpoint differ, and
those come from the environment. This module knows no resource by name.
"""

import argparse
import hashlib
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_s3 import S3Client

Outputs = dict[str, str]
UNCHANGED = ("didn't contain changes", "No updates are to be performed")


class DeploymentFailed(RuntimeError):
    """The stack is not what the bundle says; the message names the resources that refused."""


def deploy(bundle: Path, stack: str, parameters: dict[str, str], bucket: str | None = None) -> Outputs:
    """Bring `stack` to what `bundle` says and return its outputs, also when nothing had to change."""
    s3 = boto3.client("s3")
    cloudformation = boto3.client("cloudformation")
    bucket = (
        bucket
        or f"{stack}-artifacts-{boto3.client('sts').get_caller_identity()['Account']}-{s3.meta.region_name}"
    )
    _ensure_bucket(s3, bucket)
    template = _uploaded(s3, bucket, bundle, json.loads((bundle / "sam.json").read_text(encoding="utf-8")))
    url = _put(s3, bucket, json.dumps(template).encode(), "json")
    _apply(cloudformation, stack, url, parameters)
    return outputs(stack)


def outputs(stack: str) -> Outputs:
    """What `stack` tells about itself; {} when there is no such stack."""
    found = _described(boto3.client("cloudformation"), stack)
    return {o["OutputKey"]: o["OutputValue"] for o in (found or {}).get("Outputs", [])}


def _ensure_bucket(s3: "S3Client", bucket: str) -> None:
    try:
        s3.head_bucket(Bucket=bucket)
    except ClientError:
        region: Any = {"LocationConstraint": s3.meta.region_name}
        s3.create_bucket(
            Bucket=bucket,
            **({} if s3.meta.region_name == "us-east-1" else {"CreateBucketConfiguration": region}),
        )
        blocked = dict.fromkeys(
            ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True
        )
        s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=blocked)  # type: ignore[arg-type]


def _uploaded(s3: "S3Client", bucket: str, bundle: Path, template: dict[str, Any]) -> dict[str, Any]:
    """`template` with every local file replaced by where it was uploaded to."""
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        for name in ("CodeUri", "ContentUri"):
            local = properties.get(name)
            if isinstance(local, str) and local.startswith("./"):
                _put(s3, bucket, (bundle / local).read_bytes(), "zip")
                properties[name] = f"s3://{bucket}/{_key((bundle / local).read_bytes(), 'zip')}"
    return template


def _put(s3: "S3Client", bucket: str, body: bytes, suffix: str) -> str:
    """Upload under the content's own hash, once; returns its address."""
    key = _key(body, suffix)
    try:
        s3.head_object(Bucket=bucket, Key=key)
    except ClientError:
        s3.put_object(Bucket=bucket, Key=key, Body=body)
    return s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key}).partition("?")[0]


def _key(body: bytes, suffix: str) -> str:
    return f"{hashlib.sha256(body).hexdigest()}.{suffix}"


def _described(cloudformation: "CloudFormationClient", stack: str) -> Any:  # noqa: ANN401 - the SDK's own mapping
    try:
        return cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError:
        return None


def _apply(cloudformation: "CloudFormationClient", stack: str, url: str, parameters: dict[str, str]) -> None:
    found = _described(cloudformation, stack)
    fresh = found is None or found["StackStatus"] == "REVIEW_IN_PROGRESS"
    name = f"change-{time.time_ns()}"
    cloudformation.create_change_set(
        StackName=stack,
        ChangeSetName=name,
        ChangeSetType="CREATE" if fresh else "UPDATE",
        TemplateURL=url,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
        Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
    )
    if not _changes(cloudformation, stack, name):
        cloudformation.delete_change_set(StackName=stack, ChangeSetName=name)
        return
    cloudformation.execute_change_set(StackName=stack, ChangeSetName=name)
    _settle(cloudformation, stack)


def _changes(cloudformation: "CloudFormationClient", stack: str, name: str) -> bool:
    """Whether the change set, once computed, changes anything."""
    while True:
        seen = cloudformation.describe_change_set(StackName=stack, ChangeSetName=name)
        if seen["Status"] == "FAILED":
            reason = seen.get("StatusReason", "")
            if any(text in reason for text in UNCHANGED):
                return False
            raise DeploymentFailed(f"the change set for {stack} was refused: {reason}")
        if not seen["Status"].endswith(("PENDING", "IN_PROGRESS")):
            return True
        time.sleep(0.2)


def _settle(cloudformation: "CloudFormationClient", stack: str) -> None:
    while (found := _described(cloudformation, stack))["StackStatus"].endswith("IN_PROGRESS"):
        time.sleep(0.2)
    if found["StackStatus"] not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        refused = [
            f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason')}"
            for e in events
            if "FAILED" in e["ResourceStatus"]
        ]
        raise DeploymentFailed(f"{stack} is {found['StackStatus']}. " + "; ".join(refused))


def main() -> int:
    """`python -m infra.deploy BUNDLE STACK [Name=value ...]`: deploy with the ordinary AWS credentials."""
    parser = argparse.ArgumentParser(
        description="Deploy a bundle to the account of the ordinary AWS credentials."
    )
    parser.add_argument("bundle", type=Path)
    parser.add_argument("stack")
    parser.add_argument("parameters", nargs="*", metavar="Name=value")
    asked = parser.parse_args()
    try:
        parameters = dict(text.split("=", 1) for text in asked.parameters)
        for key, value in sorted(deploy(asked.bundle, asked.stack, parameters).items()):
            print(f"{key} = {value}")
    except (BotoCoreError, ClientError, DeploymentFailed, OSError, ValueError) as failure:
        print(f"not deployed: {failure}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
