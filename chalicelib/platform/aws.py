"""One low-level SDK client per service and process, with short time limits and kept-alive connections.

`botocore` directly, never `boto3`: equal speed per call and a shorter cold start.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from botocore.config import Config
from botocore.credentials import CredentialResolver, EnvProvider
from botocore.exceptions import BotoCoreError, ClientError
from botocore.handlers import BUILTIN_HANDLERS, REGISTER_FIRST, REGISTER_LAST
from botocore.session import Session

from chalicelib.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

_SERVICES = {"dynamodb", "kms", "s3", "sqs"}

_CONFIG = Config(
    connect_timeout=2,
    read_timeout=10,
    retries={"mode": "standard", "total_max_attempts": 3},
    tcp_keepalive=True,
    max_pool_connections=8,
    parameter_validation=False,
    signature_version="v4",
)
_S3_CONFIG = _CONFIG.merge(Config(signature_version="s3v4", s3={"addressing_style": "path"}))

_BUSY = {
    "InternalServerError",
    "InternalFailure",
    "KMSInternalException",
    "LimitExceededException",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "ServiceUnavailable",
    "SlowDown",
    "ThrottlingException",
    "TransactionInProgressException",
}


def error_code(error: Exception) -> str:
    """The service's own name for a refused call, or "" for anything else."""
    return str(error.response.get("Error", {}).get("Code", "")) if isinstance(error, ClientError) else ""


def unavailable(error: Exception) -> Unavailable | None:
    """Our 503 for a throttled, broken or unreachable service; None where the error means something else."""
    if isinstance(error, ClientError):
        return Unavailable() if error_code(error) in _BUSY else None
    return Unavailable() if isinstance(error, BotoCoreError) else None


def call(method: Callable[..., Any], **arguments: Any) -> Any:  # noqa: ANN401  (the SDK's own shapes)
    """Call the SDK; throttling, outages and time-outs become our `Unavailable`, other refusals pass as they are."""
    try:
        return method(**arguments)
    except (ClientError, BotoCoreError) as error:
        busy = unavailable(error)
        if busy is None:
            raise
        raise busy from error


def _concerns_us(event: str) -> bool:
    """Whether a handler of `kind.service.operation` may ever run here: for every service, or for one of ours."""
    kind, _, rest = event.partition(".")
    return kind != "docs" and (not rest or rest.partition(".")[0] in _SERVICES)


@cache
def session() -> Session:
    """The process's SDK session: the handlers of our services, and the credentials that a function is given.

    The SDK's usual session sets up a hundred handlers of services that we never call, and eleven places to look for
    credentials: twice the time, for the same calls.
    """
    made = Session(include_builtin_handlers=False)
    events = made.get_component("event_emitter")
    ordered = {REGISTER_FIRST: events.register_first, REGISTER_LAST: events.register_last}
    for event, handler, *order in BUILTIN_HANDLERS:
        if _concerns_us(event):
            (ordered[order[0]] if order else events.register)(event, handler)
    made.register_component("credential_provider", CredentialResolver([EnvProvider()]))
    return made


@cache
def _client(service: str) -> Any:  # noqa: ANN401  (narrowed by the typed functions below)
    return session().create_client(service, config=_S3_CONFIG if service == "s3" else _CONFIG)


def dynamodb() -> DynamoDBClient:
    """The process's DynamoDB client."""
    return cast("DynamoDBClient", _client("dynamodb"))


def kms() -> KMSClient:
    """The process's KMS client."""
    return cast("KMSClient", _client("kms"))


def s3() -> S3Client:
    """The process's S3 client."""
    return cast("S3Client", _client("s3"))


def sqs() -> SQSClient:
    """The process's SQS client."""
    return cast("SQSClient", _client("sqs"))
