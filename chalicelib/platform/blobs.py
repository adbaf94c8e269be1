"""Files in one private, encrypted bucket, and short facts beside each. Knows keys and bytes, never what a file says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, unquote

from botocore.exceptions import ClientError

from chalicelib.platform import aws

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_MISSING = {"NoSuchKey", "404"}
_REFUSED = {"AccessDenied", "403"}
_OVERTAKEN = {"PreconditionFailed", "412", "ConditionalRequestConflict", "409"}
"""Somebody else's file came first, or is coming at this very moment."""

Facts = dict[str, str]
"""What stands beside a file as the object's metadata: at most 2 kB under names of lower-case letters and hyphens."""


Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class Standing:
    """A file that lies there: what tells it from its predecessors, and the facts beside it."""

    etag: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class Stored(Standing):
    """The same with its bytes."""

    body: bytes


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket; every object is encrypted under `encryption_key`.

    `landmark` is the key of a file that always stands and that everybody here may read: see `facts`.
    """

    name: str
    encryption_key: str
    landmark: str = ""
    client: Callable[[], S3Client] = aws.s3

    def read(self, key: str) -> bytes | None:
        """A file's bytes, or None where there is no such file."""
        try:
            answer = aws.call(self.client().get_object, Bucket=self.name, Key=key)
        except ClientError as error:
            if aws.error_code(error) in _MISSING:
                return None
            raise
        body: bytes = answer["Body"].read()
        return body

    def put(self, key: str, body: bytes, content_type: str) -> None:
        """Store a file, replacing an older one of that key."""
        self._store(key, body, content_type)

    def put_once(self, key: str, body: bytes, content_type: str, facts: Mapping[str, str]) -> Facts:
        """Store a file unless its key is taken. Returns the facts beside the file that now stands there.

        So a repeated step keeps the first file, whatever it made the second time.
        """
        try:
            metadata = {name: quote(fact) for name, fact in facts.items()}
            self._store(key, body, content_type, Metadata=metadata, IfNoneMatch="*")
        except ClientError as error:
            if aws.error_code(error) not in _OVERTAKEN:
                raise
            return self._head(key).facts
        return dict(facts)

    def put_over(
        self, key: str, body: bytes, content_type: str, facts: Mapping[str, str], etag: str | None
    ) -> bool:
        """Store a file in place of the one with this etag (None: of no file). False where that does not stand there."""
        metadata = {name: quote(fact) for name, fact in facts.items()}
        condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
        try:
            self._store(key, body, content_type, Metadata=metadata, **condition)
        except ClientError as error:
            if aws.error_code(error) not in _OVERTAKEN:
                raise
            return False
        return True

    def facts(self, key: str) -> Facts | None:
        """The facts beside a file, or None where there is no such file."""
        standing = self.standing(key)
        return None if standing is None else standing.facts

    def standing(self, key: str) -> Standing | None:
        """A file without its bytes, or None where there is no such file."""
        return self._if_there(lambda: self._head(key))

    def find(self, key: str) -> Stored | None:
        """A file, or None where there is no such file."""
        return self._if_there(lambda: self._get(key))

    def _if_there(self, look: Callable[[], Found]) -> Found | None:
        """S3 answers 404 only to those who may list the bucket, and 403 to all others: "none, or not for you".

        Nothing of ours may list, so 403 means "none" while the landmark can be read; if not, the refusal is raised.
        """
        try:
            return look()
        except ClientError as error:
            code = aws.error_code(error)
            if code in _MISSING or (code in _REFUSED and self._may_read()):
                return None
            raise

    def _store(self, key: str, body: bytes, content_type: str, **conditions: Any) -> None:  # noqa: ANN401
        aws.call(
            self.client().put_object,
            Bucket=self.name,
            Key=key,
            Body=body,
            ContentType=content_type,
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=self.encryption_key,
            **conditions,
        )

    def _may_read(self) -> bool:
        if not self.landmark:
            return False
        try:
            self._head(self.landmark)
        except ClientError:
            return False
        return True

    def _head(self, key: str) -> Standing:
        head = aws.call(self.client().head_object, Bucket=self.name, Key=key)
        return Standing(head["ETag"], _plain(head["Metadata"]))

    def _get(self, key: str) -> Stored:
        answer = aws.call(self.client().get_object, Bucket=self.name, Key=key)
        return Stored(answer["ETag"], _plain(answer["Metadata"]), answer["Body"].read())

    def signed_url(self, key: str, filename: str, seconds: int) -> str:
        """A URL that anyone may read this one file by, for `seconds`; browsers save it as `filename`."""
        plain = f"certificate.{filename.rpartition('.')[2]}"
        disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename)}"
        return self.client().generate_presigned_url(
            "get_object",
            Params={"Bucket": self.name, "Key": key, "ResponseContentDisposition": disposition},
            ExpiresIn=seconds,
        )


def _plain(metadata: Mapping[str, str]) -> Facts:
    return {name: unquote(fact) for name, fact in metadata.items()}
