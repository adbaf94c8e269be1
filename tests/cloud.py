"""A small cloud in this process for one test: moto's tables, queues, bucket and keys, made from `infra/`.

It knows the infrastructure's fragments and the app's function names, never what a capability does.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

import boto3
from moto.backends import get_backend

from infra.merge import fragments

REGION = "us-east-1"
ACCOUNT = "123456789012"
ORIGIN = "http://127.0.0.1:8470"
_FORGOTTEN_BETWEEN_TESTS = ("dynamodb", "dynamodbstreams", "s3")
_MOST_ROUNDS = 60

STREAMS = {"CoreTable": "relay", "ClinicTable": "project_clinics"}
"""Which function reads which table's stream."""
QUEUES = {
    "PaymentsQueue": "work_payments",
    "CertificatesQueue": "work_certificates",
    "EventsQueue": "work_events",
    "NoticesQueue": "work_notices",
}
"""Which function works on which queue."""


@cache
def client(service: str) -> Any:
    """One client per service: making one takes longer than most calls to it."""
    return cast("Any", boto3).client(service, REGION)


def _backend(service: str) -> Any:
    """What moto keeps of a service: asked whether there is anything at all, before the SDK's calls ask what it is."""
    return get_backend(service)[ACCOUNT][REGION]  # type: ignore[call-overload]


@cache
def template() -> dict[str, Any]:
    """The merged fragments."""
    return fragments()


def resources(kind: str) -> dict[str, dict[str, Any]]:
    """Logical id -> properties of every resource of a CloudFormation type."""
    return {
        name: resource.get("Properties", {})
        for name, resource in template()["Resources"].items()
        if resource.get("Type") == kind
    }


def function_environment() -> dict[str, Any]:
    """The variables that every function is given, values still as the template says them."""
    variables: dict[str, Any] = template()["Globals"]["Function"]["Environment"]["Variables"]
    return variables


def make_keys() -> dict[str, str]:
    """Logical id -> ARN of every KMS key: slow to make, harmless to share, so made once for all tests."""
    kms = client("kms")
    return {name: _key(kms, properties) for name, properties in resources("AWS::KMS::Key").items()}


def _key(kms: Any, properties: Mapping[str, Any]) -> str:
    made = kms.create_key(KeySpec=properties["KeySpec"], KeyUsage=properties["KeyUsage"])
    return str(made["KeyMetadata"]["Arn"])


@dataclass
class Cloud:
    """One test's cloud. `settle` lets every stream and queue run until nothing is left to do."""

    keys: Mapping[str, str]
    urls: dict[str, str] = field(default_factory=dict)
    arns: dict[str, str] = field(default_factory=dict)
    read_until: dict[str, str] = field(default_factory=dict)

    def create(self) -> None:
        """Make tables and bucket anew and empty the queues; the keys stay."""
        for service in _FORGOTTEN_BETWEEN_TESTS:
            for account in get_backend(service).values():  # type: ignore[call-overload]
                account.reset()
        for name, properties in resources("AWS::DynamoDB::Table").items():
            self._create_table(name, properties)
        queues = resources("AWS::SQS::Queue")
        for name in sorted(queues, key=lambda each: "RedrivePolicy" in queues[each]):
            self._create_queue(name, queues[name])
        for name in resources("AWS::S3::Bucket"):
            client("s3").create_bucket(Bucket=name.lower())

    def environment(self, parameters: Mapping[str, str]) -> dict[str, str]:
        """What the functions' own template puts into their environment, resolved for this cloud."""
        defaults = {name: str(each.get("Default", "")) for name, each in template()["Parameters"].items()}
        chosen = defaults | dict(parameters)
        return {name: self._resolve(value, chosen) for name, value in function_environment().items()}

    def _resolve(self, value: object, parameters: Mapping[str, str]) -> str:
        match value:
            case {"Ref": name} if name in parameters:
                return parameters[name]
            case {"Ref": name} if name in self.urls:
                return self.urls[name]
            case {"Ref": name}:
                return str(name if name in self.arns else name.lower())
            case {"Fn::GetAtt": [name, "Arn"]}:
                return ({**self.arns, **self.keys})[str(name)]
            case _:
                return str(value)

    def _create_table(self, name: str, properties: Mapping[str, Any]) -> None:
        dynamodb = client("dynamodb")
        wanted = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")
        told: dict[str, Any] = {each: properties[each] for each in wanted if each in properties}
        told["StreamSpecification"] = {"StreamEnabled": True, **properties["StreamSpecification"]}
        made = dynamodb.create_table(TableName=name, **told)
        self.arns[name] = made["TableDescription"]["LatestStreamArn"]

    def _create_queue(self, name: str, properties: Mapping[str, Any]) -> None:
        """As the template says, or as it was made for an earlier test of this process, without a message."""
        self.arns[name] = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
        made = _backend("sqs").queues.get(name)
        if made:
            made._messages, made._pending_messages = [], set()
            self.urls[name] = f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{name}"
            return
        attributes: dict[Any, str] = {
            each: str(properties[each])
            for each in ("VisibilityTimeout", "MessageRetentionPeriod")
            if each in properties
        }
        if redrive := properties.get("RedrivePolicy"):
            target = redrive["deadLetterTargetArn"]["Fn::GetAtt"][0]
            attributes["RedrivePolicy"] = json.dumps(redrive | {"deadLetterTargetArn": self.arns[target]})
        self.urls[name] = client("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]

    # -- what happened, and what is still to be done
    def items(self, table: str = "CoreTable") -> list[dict[str, Any]]:
        """Every item of a table in DynamoDB's notation."""
        pages = client("dynamodb").get_paginator("scan").paginate(TableName=table)
        return [cast("dict[str, Any]", item) for page in pages for item in page["Items"]]

    def dead_letters(self) -> list[dict[str, Any]]:
        """The bodies of messages that were given up."""
        return [
            json.loads(message["body"])
            for name in self.urls
            if name.endswith("DeadLetterQueue")
            for message in self.receive(name)
        ]

    def stream(self, table: str) -> dict[str, Any] | None:
        """The table's changes since the last call as a Lambda event; None where there are none."""
        shard = _backend("dynamodb").tables[table].stream_shard
        last = self.read_until.get(table)
        if len(shard.items) == (int(last) - shard.starting_sequence_number + 1 if last else 0):
            return None
        streams, arn = client("dynamodbstreams"), self.arns[table]
        where: dict[str, Any] = (
            {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": last}
            if last
            else {"ShardIteratorType": "TRIM_HORIZON"}
        )
        iterator = streams.get_shard_iterator(StreamArn=arn, ShardId=shard.id, **where)["ShardIterator"]
        records = [dict(each) for each in streams.get_records(ShardIterator=iterator)["Records"]]
        if not records:
            return None
        self.read_until[table] = cast("dict[str, Any]", records[-1]["dynamodb"])["SequenceNumber"]
        return {"Records": [as_lambda_gives_it(each, arn) for each in records]}

    def receive(self, queue: str) -> list[dict[str, Any]]:
        """Up to ten waiting messages as a Lambda event's records; they stay until `finish`ed."""
        if not _backend("sqs").queues[queue].messages:
            return []
        answer = client("sqs").receive_message(
            QueueUrl=self.urls[queue],
            MaxNumberOfMessages=10,
            WaitTimeSeconds=0,
            MessageSystemAttributeNames=["All"],
        )
        return [
            {
                "messageId": each["MessageId"],
                "receiptHandle": each["ReceiptHandle"],
                "body": each["Body"],
                "attributes": each["Attributes"],
                "messageAttributes": {},
                "eventSource": "aws:sqs",
                "eventSourceARN": self.arns[queue],
                "awsRegion": REGION,
            }
            for each in answer.get("Messages", [])
        ]

    def finish(self, queue: str, records: list[dict[str, Any]], failed: set[str]) -> None:
        """Delete what was worked on; let the others come back at once, not after their visibility timeout."""
        sqs = client("sqs")
        for record in records:
            url, handle = self.urls[queue], record["receiptHandle"]
            if record["messageId"] in failed:
                sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=0)
            else:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)

    def settle(self) -> None:
        """Run every function whose stream or queue has something, until nothing has: as the cloud would.

        A function that raises gets its stream records again, a message that failed comes back until its queue
        gives it up (see `dead_letters`).
        """
        for _ in range(_MOST_ROUNDS):
            if not any([*map(self._run_stream, STREAMS), *map(self._run_queue, QUEUES)]):
                return
        raise AssertionError("streams and queues do not come to rest")

    def sweep(self) -> None:
        """Run the schedule's function once, then `settle`."""
        schedule = {
            "version": "0",
            "id": "1",
            "source": "aws.events",
            "detail-type": "Scheduled Event",
            "account": "123456789012",
            "region": REGION,
            "time": "2026-11-23T00:00:00Z",
            "resources": [],
            "detail": {},
        }
        self.invoke("sweep", schedule)
        self.settle()

    def invoke(self, function: str, event: dict[str, Any]) -> Any:
        """Call one of `app.py`'s functions as Lambda does."""
        import app  # noqa: PLC0415  (after the environment is set, as a cold start does)

        return getattr(app, function)(event, None)

    def _run_stream(self, table: str) -> bool:
        before = self.read_until.get(table)
        event = self.stream(table)
        if event is None:
            return False
        try:
            self.invoke(STREAMS[table], event)
        except Exception:  # noqa: BLE001  (Lambda gives the records again; `settle` ends if that never works)
            self._reread(table, before)
        return True

    def _reread(self, table: str, before: str | None) -> None:
        if before is None:
            self.read_until.pop(table, None)
        else:
            self.read_until[table] = before

    def _run_queue(self, queue: str) -> bool:
        records = self.receive(queue)
        if not records:
            return False
        self.finish(queue, records, self._failed(queue, records))
        return True

    def _failed(self, queue: str, records: list[dict[str, Any]]) -> set[str]:
        try:
            answer = self.invoke(QUEUES[queue], {"Records": records})
        except Exception:  # noqa: BLE001  (Lambda gives the whole batch back)
            return {record["messageId"] for record in records}
        return {each["itemIdentifier"] for each in (answer or {}).get("batchItemFailures", [])}


def as_lambda_gives_it(record: dict[str, Any], arn: str) -> dict[str, Any]:
    """A stream's record in Lambda's events, which are JSON: moments are numbers, bytes are base64."""

    def plain(value: object) -> object:
        if isinstance(value, bytes):
            return base64.b64encode(value).decode()
        return value.timestamp() if hasattr(value, "timestamp") else str(value)

    event: dict[str, Any] = json.loads(json.dumps({**record, "eventSourceARN": arn}, default=plain))
    return event


def each_attribute(item: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Name and bare value of an item's attributes, whatever their type."""
    for name, attribute in item.items():
        yield name, next(iter(attribute.values()))
