"""zerotrip on AWS Lambda: composes the rooms, and declares every queue, stream and schedule handler.

Nothing else lives here; which rooms there are is said in `chalicelib/rooms.py`. Event handlers must be declared in
this file: on a blueprint they would be packaged with the blueprint's module as their entry, and this file would never
run. Addresses of queues and streams are filled in by `infra/`, which merges the real ones over the placeholders.
"""

from typing import Any

from chalice.app import Chalice, CloudWatchEvent, DynamoDBEvent, Rate, SQSEvent

from chalicelib import wiring
from chalicelib.platform import http, queue
from chalicelib.rooms import RouteTable

# Chalice would add a second handler to the logger of this name, and every line would be written twice.
app = Chalice(app_name="zerotrip", configure_logs=False)
app.register_middleware(http.normalise, "http")
app.routes = RouteTable(app.register_blueprint)


@app.on_dynamodb_record(stream_arn="placeholder", batch_size=100)
def relay(event: DynamoDBEvent) -> None:
    """Send the messages that changed items carry, and write the audit trail."""
    wiring.relay(event.to_dict())


@app.on_dynamodb_record(stream_arn="placeholder", batch_size=100)
def project_clinics(event: DynamoDBEvent) -> None:
    """Keep availability and appointments in step with the clinic sessions' own items."""
    wiring.project_clinics(event.to_dict())


@app.on_sqs_message(queue_arn="placeholder", batch_size=10)
def work_payments(event: SQSEvent) -> dict[str, Any]:
    """Settle what the payment app notified."""
    return queue.consume(event.to_dict(), wiring.payment_jobs(), wiring.queues())


@app.on_sqs_message(queue_arn="placeholder", batch_size=5)
def work_certificates(event: SQSEvent) -> dict[str, Any]:
    """Gather facts, render, sign and store certificates."""
    return queue.consume(event.to_dict(), wiring.certificate_jobs(), wiring.queues())


@app.on_sqs_message(queue_arn="placeholder", batch_size=10)
def work_events(event: SQSEvent) -> dict[str, Any]:
    """Deliver events to institutions, and take in what they called back."""
    return queue.consume(event.to_dict(), wiring.event_jobs(), wiring.queues())


@app.on_sqs_message(queue_arn="placeholder", batch_size=10)
def work_notices(event: SQSEvent) -> dict[str, Any]:
    """Write messages to citizens."""
    return queue.consume(event.to_dict(), wiring.notice_jobs(), wiring.queues())


@app.lambda_function()
def admin_policies(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001  (Lambda gives both)
    """Serve an administrator's request about a hospital's rules; called by name, see docs/policies.md."""
    return wiring.administer_policies(event)


@app.lambda_function()
def admin_cases(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001  (likewise)
    """Serve an administrator's request about a case; called by name, see docs/operations.md."""
    return wiring.administer_cases(event)


@app.lambda_function()
def admin_certificates(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001  (likewise)
    """Serve an administrator's request about a certificate's review; called by name, see docs/operations.md."""
    return wiring.administer_certificates(event)


@app.lambda_function()
def admin_registration(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001  (likewise)
    """Serve an administrator's request about an appeal; called by name, see docs/operations.md."""
    return wiring.administer_registration(event)


@app.lambda_function()
def reconcile(event: dict[str, Any], context: object) -> dict[str, Any]:  # noqa: ARG001  (likewise)
    """Compare ledger, bill and hospitals' word: by a schedule of `infra/`, or called by name with a day."""
    return wiring.reconcile(event)


@app.schedule(Rate(1, unit=Rate.MINUTES))
def sweep(event: CloudWatchEvent) -> None:  # noqa: ARG001  (the schedule says only that it is time)
    """Pick up every intent that stayed open."""
    wiring.sweep()
