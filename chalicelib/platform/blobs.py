"""Files in one private, encrypted bucket. Knows keys and bytes, never what a file says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from botocore.exceptions import ClientError

from chalicelib.platform import aws

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True, slots=True)
class Bucket:
    """One bucket; every object is encrypted under `encryption_key`."""

    name: str
    encryption_key: str
    client: Callable[[], S3Client] = aws.s3

    def read(self, key: str) -> bytes | None:
        """A file's bytes, or None where there is no such file."""
        try:
            answer = aws.call(self.client().get_object, Bucket=self.name, Key=key)
        except ClientError as error:
            if aws.error_code(error) in {"NoSuchKey", "404"}:
                return None
            raise
        body: bytes = answer["Body"].read()
        return body

    def put(self, key: str, body: bytes, content_type: str) -> None:
        """Store a file, replacing an older one of that key."""
        aws.call(
            self.client().put_object,
            Bucket=self.name,
            Key=key,
            Body=body,
            ContentType=content_type,
            ServerSideEncryption="aws:kms",
            SSEKMSKeyId=self.encryption_key,
        )

    def put_once(self, key: str, body: bytes, content_type: str, sha256: str) -> str:
        """Store a file unless its key is taken. Returns the SHA-256 (hex) of the file that now stands there.

        So a repeated step keeps the first file, whatever it made the second time.
        """
        try:
            aws.call(
                self.client().put_object,
                Bucket=self.name,
                Key=key,
                Body=body,
                ContentType=content_type,
                ServerSideEncryption="aws:kms",
                SSEKMSKeyId=self.encryption_key,
                Metadata={"sha256": sha256},
                IfNoneMatch="*",
            )
        except ClientError as error:
            if aws.error_code(error) not in {"PreconditionFailed", "412"}:
                raise
            head = aws.call(self.client().head_object, Bucket=self.name, Key=key)
            return str(head["Metadata"]["sha256"])
        return sha256

    def signed_url(self, key: str, filename: str, seconds: int) -> str:
        """A URL that anyone may read this one file by, for `seconds`; browsers save it as `filename`."""
        disposition = f"attachment; filename=\"certificate.pdf\"; filename*=UTF-8''{quote(filename)}"
        return self.client().generate_presigned_url(
            "get_object",
            Params={"Bucket": self.name, "Key": key, "ResponseContentDisposition": disposition},
            ExpiresIn=seconds,
        )
