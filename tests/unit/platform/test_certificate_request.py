"""The request for our certificate: signed by the key in KMS that it is about."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from infra import csr
from tests.cloud import client


def test_the_request_is_about_the_key_that_signed_it(
    aws_keys: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert csr.main([aws_keys["PaymentAppKey"], "杭州市人力资源和社会保障局", "api.example.gov.cn"]) == 0
    asked = x509.load_pem_x509_csr(capsys.readouterr().out.encode())
    assert asked.is_signature_valid
    assert asked.subject.rfc4514_string() == "CN=api.example.gov.cn,O=杭州市人力资源和社会保障局,C=CN"
    told = client("kms").get_public_key(KeyId=aws_keys["PaymentAppKey"])["PublicKey"]
    assert asked.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == told


def test_a_command_without_its_words_says_how_it_is_called(capsys: pytest.CaptureFixture[str]) -> None:
    assert csr.main(["alias/x"]) == 2
    assert "python -m infra.csr" in capsys.readouterr().err
