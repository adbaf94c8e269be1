"""Files in the private bucket: kept once, read back, lent out by a link that ends."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from botocore.exceptions import ClientError

from chalicelib.platform.blobs import Bucket
from tests.cloud import Cloud


@pytest.fixture
def bucket(cloud: Cloud) -> Bucket:
    return Bucket("certificatebucket", cloud.keys["StorageKey"])


def test_a_file_comes_back_and_a_missing_one_is_none(bucket: Bucket) -> None:
    bucket.put("a/b.pem", b"one", "application/x-pem-file")
    bucket.put("a/b.pem", b"two", "application/x-pem-file")
    assert bucket.read("a/b.pem") == b"two"
    assert bucket.read("a/c.pem") is None


def test_a_file_kept_once_stays_whatever_is_made_the_second_time(bucket: Bucket) -> None:
    first, second = {"sha256": "11"}, {"sha256": "22"}
    assert bucket.put_once("cert_1.pdf", b"first", "application/pdf", first) == first
    assert bucket.put_once("cert_1.pdf", b"second", "application/pdf", second) == first
    assert bucket.read("cert_1.pdf") == b"first"


def test_every_file_is_encrypted_with_our_own_key(bucket: Bucket) -> None:
    bucket.put_once("cert_1.pdf", b"x", "application/pdf", {})
    head = bucket.client().head_object(Bucket=bucket.name, Key="cert_1.pdf")
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", bucket.encryption_key)


def test_facts_stand_beside_a_file_in_any_script(bucket: Bucket) -> None:
    facts = {"type-zh": "无房证明", "type-en": "No  House: 100%", "at": "2026-11-23T04:05:06.000Z"}
    bucket.put_once("cert_1.pdf", b"x", "application/pdf", facts)
    assert bucket.facts("cert_1.pdf") == facts
    assert bucket.facts("cert_2.pdf") is None


@contextmanager
def refusing(bucket: Bucket, *keys: str) -> Iterator[list[str]]:
    """S3 answers HEAD for these keys as it answers whoever may not list the bucket; gives the keys asked for."""
    asked: list[str] = []

    def hook(params: dict[str, Any], **_: object) -> Any:
        key = params["url_path"].rpartition("certificatebucket")[2].lstrip("/")
        asked.append(key)
        refusal = {"Error": {"Code": "403", "Message": "Forbidden"}}
        return (type("Response", (), {"status_code": 403})(), refusal) if key in keys else None

    events = bucket.client().meta.events
    events.register_first("before-call.s3.HeadObject", hook)
    yield asked
    events.unregister("before-call.s3.HeadObject", hook)


def test_a_403_means_no_such_file_while_the_landmark_can_be_read(cloud: Cloud) -> None:
    bucket = Bucket("certificatebucket", cloud.keys["StorageKey"], "trust/chain.pem")
    bucket.put("trust/chain.pem", b"chain", "application/x-pem-file")
    with refusing(bucket, "cert_2.pdf") as asked:
        assert bucket.facts("cert_2.pdf") is None
    assert asked == ["cert_2.pdf", "trust/chain.pem"]


def test_a_policy_that_lets_nothing_be_read_is_a_fault_and_no_missing_file(cloud: Cloud) -> None:
    bucket = Bucket("certificatebucket", cloud.keys["StorageKey"], "trust/chain.pem")
    bucket.put_once("cert_1.pdf", b"x", "application/pdf", {})
    bucket.put("trust/chain.pem", b"chain", "application/x-pem-file")
    with refusing(bucket, "cert_1.pdf", "trust/chain.pem"), pytest.raises(ClientError, match="403"):
        bucket.facts("cert_1.pdf")


def test_without_a_landmark_a_403_is_never_a_missing_file(bucket: Bucket) -> None:
    with refusing(bucket, "cert_1.pdf"), pytest.raises(ClientError, match="403"):
        bucket.facts("cert_1.pdf")


def test_a_link_ends_and_names_the_file(bucket: Bucket) -> None:
    query = parse_qs(urlsplit(bucket.signed_url("cert_1.pdf", "无房证明.pdf", 300)).query)
    assert query["X-Amz-Expires"] == ["300"]
    (disposition,) = query["response-content-disposition"]
    assert unquote(disposition.partition("UTF-8''")[2]) == "无房证明.pdf"
    assert disposition.isascii()
