"""Trusted time on signatures: a stamp is taken only if it is one, and a certificate waits for none."""

import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from asn1crypto import algos, cms, tsp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from chalicelib.certificates import pdf
from chalicelib.certificates.pdf import stamps
from chalicelib.certificates.pdf.cms import parsed
from chalicelib.certificates.pdf.signing import envelope_of
from chalicelib.errors import Unavailable
from sandbox.authority.stamping import StampSigner
from sandbox.trust import STAMP_POLICY, STAMP_ROOT, Authority
from tests import documents

NOW = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)
SIGNATURE = b"the signature of a certificate"
Ask = Callable[[bytes], bytes]


def honest(question: bytes) -> bytes:
    return documents.stamp_signer().answer(question, NOW)


def stamper(ask: Ask) -> pdf.Stamper:
    return pdf.Stamper(ask, documents.time_chain(), lambda: NOW)


def asked(question: bytes, **changes: object) -> bytes:
    """The question with something else in it, as somebody in between would send it on."""
    said = tsp.TimeStampReq.load(question)
    for name, value in changes.items():
        said[name] = value
    return bytes(said.dump(force=True))


def other_imprint() -> tsp.MessageImprint:
    algorithm = algos.DigestAlgorithm({"algorithm": "sha256"})
    return tsp.MessageImprint({"hash_algorithm": algorithm, "hashed_message": sha256(b"other").digest()})


def strangers(question: bytes) -> bytes:
    """A stamp by an authority of the same name."""
    key, other = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issuer = Authority.root(STAMP_ROOT, other, documents.BEGAN)
    certificate = issuer.stamper(key.public_key(), documents.BEGAN).public_bytes(Encoding.DER)
    return StampSigner(certificate, key, STAMP_POLICY.dotted_string).answer(question, NOW)


def by_a_document_signer(question: bytes) -> bytes:
    """A stamp by somebody whom the time-stamp authority certified for documents only."""
    der = documents.KEY.public_key().public_bytes(Encoding.DER, documents.SPKI)
    certificate = documents.time_root().document_signer(der, documents.BEGAN).public_bytes(Encoding.DER)
    return StampSigner(certificate, documents.KEY, STAMP_POLICY.dotted_string).answer(question, NOW)


def forged(question: bytes) -> bytes:
    """A stamp that names its certificate, signed by another key."""
    signer = documents.stamp_signer()
    return replace(signer, key=ec.generate_private_key(ec.SECP256R1())).answer(question, NOW)


def down(question: bytes) -> bytes:
    raise Unavailable


LIES: dict[str, Ask] = {
    "nonce": lambda question: honest(asked(question, nonce=7)),
    "imprint": lambda question: honest(asked(question, message_imprint=other_imprint())),
    "time": lambda question: documents.stamp_signer().answer(question, NOW - timedelta(minutes=3)),
    "rejected": lambda _: honest(b"what"),
    "malformed": lambda _: b"\x30\x84",
    "signature": forged,
    "untrusted for stamps": by_a_document_signer,
    "untrusted namesake": strangers,
    "unavailable": down,
}


def test_a_stamp_is_over_the_signature() -> None:
    token = stamper(honest).stamp(SIGNATURE)
    found = tsp.ContentInfo.load(token)["content"]["encap_content_info"]["content"].parsed
    assert found["message_imprint"]["hashed_message"].native == sha256(SIGNATURE).digest()
    assert found["gen_time"].native == NOW


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_is_no_stamp_and_is_named_in_the_log(lie: str, log_lines: Callable[[], str]) -> None:
    assert stamper(LIES[lie]).stamp(SIGNATURE) is None
    said = log_lines()
    assert '"certificate.unstamped"' in said
    assert f'"why":"{lie.partition(" ")[0]}"' in said.lower()


def test_any_changed_byte_is_no_stamp_of_ours() -> None:
    """What is left is what nobody signed: lengths that still fit, and the parts of the answer that say nothing."""
    question: list[bytes] = []

    def remembered(asked: bytes) -> bytes:
        question.append(asked)
        return honest(asked)

    assert stamper(remembered).stamp(SIGNATURE)
    answer, taken = honest(question[0]), 0
    nonce = tsp.TimeStampReq.load(question[0])["nonce"].native
    chain = [parsed(each) for each in documents.time_chain()]
    for place in range(0, len(answer), 17):
        changed = bytearray(answer)
        changed[place] ^= 0x01
        try:
            stamps.checked(bytes(changed), sha256(SIGNATURE).digest(), nonce, chain, NOW)
            taken += 1
        except stamps.StampRefused:
            pass
    assert taken <= 2


def test_whoever_failed_is_left_in_peace_for_a_minute() -> None:
    calls: list[bytes] = []
    moment = NOW

    def failing(question: bytes) -> bytes:
        calls.append(question)
        raise Unavailable

    silent = pdf.Stamper(failing, documents.time_chain(), lambda: moment)
    for _ in range(3):
        assert silent.stamp(SIGNATURE) is None
    assert len(calls) == 1
    moment = NOW + timedelta(minutes=1)
    silent.stamp(SIGNATURE)
    assert len(calls) == 2


def test_a_number_is_new_in_each_question() -> None:
    seen: list[int] = []

    def noting(question: bytes) -> bytes:
        seen.append(tsp.TimeStampReq.load(question)["nonce"].native)
        return honest(question)

    one = stamper(noting)
    assert one.stamp(SIGNATURE)
    assert one.stamp(SIGNATURE)
    assert len(set(seen)) == 2


@pytest.mark.parametrize(
    "raw", [b"", b"\x30", b"\x30\x01", b"\x30\x80\x00\x00", b"\x1f\x81\x01\x00", b"\x30\x00\x00"]
)
def test_what_is_no_answer_is_refused(raw: bytes) -> None:
    with pytest.raises(stamps.StampRefused, match="malformed"):
        stamps.checked(
            raw, sha256(SIGNATURE).digest(), 7, [parsed(each) for each in documents.time_chain()], NOW
        )


def test_a_stamper_that_never_answers_is_given_up_after_its_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(Unavailable):
            pdf.ask_over_http(url, seconds=0.05)(b"question")


def test_a_stamp_of_any_length_is_put_in_at_once_and_can_be_read() -> None:
    """A length that ends with 0x80 made the encoder encode everything below anew, twice at each level, for hours."""
    envelope = envelope_of(documents.signatory())
    for size in range(1_024, 1_024 + 256):
        token = cms.ContentInfo({"content_type": "data", "content": b"x" * size}).dump()
        made = envelope.closed(sha256(b"page").digest(), lambda _, token=token: token)  # type: ignore[misc]
        whole = cms.ContentInfo.load(made, strict=True)
        (attribute,) = whole["content"]["signer_infos"][0]["unsigned_attrs"]
        assert attribute["type"].native == "signature_time_stamp_token"
        assert attribute["values"][0]["content"].native == b"x" * size
