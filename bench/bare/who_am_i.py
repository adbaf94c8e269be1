"""The floor of a cold start: who calls, from the table, with nothing but the stock SDK client.

It makes the two calls that a citizen's first request makes in any design that keeps the token's key in KMS.
"""

import json
from typing import Any

import boto3

dynamodb = boto3.client("dynamodb")
kms = boto3.client("kms")


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Fetch the key, fetch the citizen, answer."""
    kms.get_public_key(KeyId="token")
    key = {"pk": {"S": "CITIZEN#ctz_01JABCDEFGHJKMNPQRSTVWXYZ0"}, "sk": {"S": "PROFILE"}}
    item = dynamodb.get_item(TableName="core_table", Key=key, ConsistentRead=False)["Item"]
    body = {name: item[name]["S"] for name in ("id", "holder")}
    return {"statusCode": 200, "headers": {"Content-Type": "application/json"}, "body": json.dumps(body)}
