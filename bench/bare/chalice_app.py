"""The floor of a warm request: Chalice, pydantic and the stock SDK client, and nothing of ours."""

import boto3
from chalice.app import Chalice, Response
from pydantic import BaseModel, ConfigDict

app = Chalice(app_name="bare")
dynamodb = boto3.client("dynamodb")


class Reservation(BaseModel):
    """What is asked for."""

    model_config = ConfigDict(strict=True, extra="forbid")
    slotId: str  # noqa: N815  (as on the wire)
    cardId: str  # noqa: N815
    places: int
    phone: str | None = None


class Reserved(BaseModel):
    """What became of it."""

    slotId: str  # noqa: N815
    holder: str
    places: int


@app.route("/v1/reservations", methods=["POST"])
def reserve() -> Response:
    """Validate, write on a condition, answer."""
    assert app.current_request
    body = Reservation.model_validate_json(app.current_request.raw_body)
    answer = dynamodb.update_item(
        TableName="core_table",
        Key={"pk": {"S": f"SLOT#{body.slotId}"}, "sk": {"S": "SLOT"}},
        UpdateExpression="SET #n1 = :v0, #n2 = :v1",
        ConditionExpression="attribute_exists(#n0)",
        ExpressionAttributeNames={"#n0": "pk", "#n1": "card_id", "#n2": "places"},
        ExpressionAttributeValues={":v0": {"S": body.cardId}, ":v1": {"N": str(body.places)}},
        ReturnValues="ALL_NEW",
        ReturnValuesOnConditionCheckFailure="ALL_OLD",
    )
    made = Reserved(slotId=body.slotId, holder=answer["Attributes"]["holder"]["S"], places=body.places)
    return Response(made.model_dump_json(), {"Content-Type": "application/json"}, 201)
