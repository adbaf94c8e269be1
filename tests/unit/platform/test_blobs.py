"""Files in the private bucket: kept once, read back, lent out by a link that ends."""

from urllib.parse import parse_qs, unquote, urlsplit

import pytest

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
    assert bucket.put_once("cert_1.pdf", b"first", "application/pdf", "11") == "11"
    assert bucket.put_once("cert_1.pdf", b"second", "application/pdf", "22") == "11"
    assert bucket.read("cert_1.pdf") == b"first"


def test_every_file_is_encrypted_with_our_own_key(bucket: Bucket) -> None:
    bucket.put_once("cert_1.pdf", b"x", "application/pdf", "11")
    head = bucket.client().head_object(Bucket=bucket.name, Key="cert_1.pdf")
    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", bucket.encryption_key)


def test_a_link_ends_and_names_the_file(bucket: Bucket) -> None:
    query = parse_qs(urlsplit(bucket.signed_url("cert_1.pdf", "无房证明.pdf", 300)).query)
    assert query["X-Amz-Expires"] == ["300"]
    (disposition,) = query["response-content-disposition"]
    assert unquote(disposition.partition("UTF-8''")[2]) == "无房证明.pdf"
    assert disposition.isascii()
