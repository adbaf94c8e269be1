"""The two forms for machines: a credential of which the holder shows a part, and the data that the PDF has in words."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from itertools import combinations
from typing import Any

import pytest
from cryptography import x509
from joserfc import jws as joserfc_jws
from joserfc.errors import BadSignatureError
from joserfc.jwk import ECKey
from jwcrypto.jwk import JWK
from sd_jwt.holder import SDJWTHolder
from sd_jwt.verifier import SDJWTVerifier

from chalicelib.certificates import sd_jwt, twin
from chalicelib.certificates.seal import Seal
from chalicelib.platform.keys import b64url, public_jwk, raw_signature
from chalicelib.platform.tokens import compact_json, unb64url
from tests import documents
from tests.api import Api
from tests.certificates import trust_documents
from tests.unit.certificates.test_pdf import NO_HOUSE, content

ISSUER = "https://api.example.cn"
PDF = sha256(b"the PDF").hexdigest()
HIDDEN = [
    "holder_name",
    "holder_id_number",
    "region",
    "as_of",
    "statement",
    *(line.name for line in NO_HOUSE.lines),
]


def seal() -> Seal:
    return Seal.from_pem(documents.chain(), lambda message: raw_signature(documents.sign(message)))


def full() -> Any:
    return content().model_copy(
        update={
            "code": "11100000MB03271699001",
            "identifier": "1.2.156.3005.2.11100000MB03271699001.1",
            "status_uri": f"{ISSUER}/v1/status-lists/1",
            "status_index": 7,
        }
    )


@pytest.fixture(scope="module")
def credential() -> str:
    return sd_jwt.issue(full(), ISSUER, seal())


def verified(presented: str, key: Callable[[str, dict[str, Any]], JWK] | None = None) -> dict[str, Any]:
    """What the reference library makes of it; raises if it does not hold."""
    found = SDJWTVerifier(presented, key or _published).get_verified_payload()
    return dict(found)


def _published(issuer: str, header: dict[str, Any]) -> JWK:
    """The key by its id, as the issuer publishes it, or by its chain: they are one."""
    jwk = public_jwk(documents.KEY.public_key())
    assert issuer == ISSUER
    assert header["kid"] == jwk["kid"]
    certificate = x509.load_der_x509_certificate(
        unb64url(header["x5c"][0].replace("+", "-").replace("/", "_"))
    )
    assert certificate.public_key() == documents.KEY.public_key()
    return JWK(**{name: jwk[name] for name in ("kty", "crv", "x", "y")})


def presentation(credential: str, *shown: str) -> str:
    """What the holder sends who shows these claims and no other."""
    token, *disclosures, _ = credential.split("~")
    chosen = [each for each in disclosures if json.loads(unb64url(each))[1] in shown]
    assert len(chosen) == len(shown)
    return "~".join([token, *chosen, ""])


def test_the_library_reads_every_claim(credential: str) -> None:
    found = verified(credential)
    assert set(HIDDEN) <= set(found)
    assert found["holder_name"] == "欧阳明月"
    assert found["holder_id_number"] == "330106199003071237"
    assert found["region"] == {"zh": "杭州市", "en": "Hangzhou"}
    assert found["vct"] == f"{ISSUER}/v1/credential-types/no-house"
    assert found["status"] == {"status_list": {"idx": 7, "uri": f"{ISSUER}/v1/status-lists/1"}}
    assert found["exp"] == datetime(2027, 2, 21, 15, 59, 59, tzinfo=UTC).timestamp()
    assert "_sd" not in found


def test_every_part_of_it_can_be_shown_alone(credential: str) -> None:
    everything = verified(credential)
    always = set(everything) - set(HIDDEN)
    for size in range(len(HIDDEN) + 1):
        for shown in combinations(HIDDEN, size):
            found = verified(presentation(credential, *shown))
            assert set(found) == always | set(shown)
            assert all(found[name] == everything[name] for name in shown)


def test_the_librarys_own_holder_can_present_it(credential: str) -> None:
    holder = SDJWTHolder(credential)
    holder.create_presentation({"holder_name": True})
    assert set(HIDDEN) & set(verified(holder.sd_jwt_presentation)) == {"holder_name"}


def test_what_is_not_shown_cannot_be_guessed(credential: str) -> None:
    """The same name under another salt is another digest, and nothing of the holder stands open."""
    payload = json.loads(unb64url(credential.split(".")[1]))
    again = json.loads(unb64url(sd_jwt.issue(full(), ISSUER, seal()).split(".")[1]))
    assert not set(payload["_sd"]) & set(again["_sd"])
    assert len(payload["_sd"]) == len(HIDDEN)
    assert payload["_sd"] == sorted(payload["_sd"])
    told = json.dumps(payload, ensure_ascii=False)
    assert not any(secret in told for secret in ("欧阳明月", "330106199003071237", "holder"))


def test_a_changed_character_anywhere_is_rejected(credential: str) -> None:
    whole = verified(credential)
    for place in range(0, len(credential) - 1, 23):
        other = "A" if credential[place] != "A" else "B"
        changed = credential[:place] + other + credential[place + 1 :]
        try:
            found = verified(changed)
        except Exception:  # noqa: BLE001, S112 - whatever the library makes of it, it is refused
            continue
        # What was disclosed and changed is not said at all; a last character may hold bits that mean nothing.
        assert all(whole[name] == value for name, value in found.items()), place


def test_another_key_does_not_verify(credential: str) -> None:
    with pytest.raises(Exception, match="signature"):
        verified(credential, lambda _issuer, _header: JWK.generate(kty="EC", crv="P-256"))


def opened(signed: Any) -> Any:
    """What another library reads in the twin. Raises BadSignatureError."""
    registry = joserfc_jws.JWSRegistry(algorithms=["ES256"])
    registry.max_header_length = 4096  # it holds certificates
    key = ECKey.import_key(documents.KEY.public_key())
    return json.loads(joserfc_jws.deserialize_json(signed, key, registry=registry).payload)


def test_the_twin_says_under_the_standards_names_what_the_pdf_says() -> None:
    said = opened(json.loads(twin.twin(full(), PDF, ISSUER, seal())))
    assert said["证照"] == {
        "证照名称": "无房证明",
        "证照类型名称": "无房证明",
        "证照类型代码": "11100000MB03271699001",
        "证照编号": "WF-330100-20261123-7W4Y8N1P",
        "证照标识": "1.2.156.3005.2.11100000MB03271699001.1",
        "证照颁发机构": "杭州市不动产登记机构",
        "证照颁发日期": "2026-11-23",
        "证照有效期起始日期": "2026-11-23",
        "证照有效期截止日期": "2027-02-21",
        "持证主体": "欧阳明月",
        "持证主体代码": "330106199003071237",
        "持证主体代码类型": "公民身份号码",
    }
    assert said["照面"]["证明内容"] == full().statement.zh
    assert said["版式文件"] == {"类型": "application/pdf", "SHA-256": PDF}
    assert said["status"]["status_list"]["idx"] == 7


def test_a_changed_twin_is_rejected() -> None:
    signed = json.loads(twin.twin(full(), PDF, ISSUER, seal()))
    claims = json.loads(unb64url(signed["payload"]))
    claims["证照"]["持证主体"] = "某人"
    forged = signed | {"payload": b64url(compact_json(claims))}
    with pytest.raises(BadSignatureError):
        opened(forged)


def test_a_type_says_what_its_credentials_are_called(api: Api) -> None:
    told = api.get("/v1/credential-types/no-house").json
    assert told["vct"].endswith("/v1/credential-types/no-house")
    assert [each["locale"] for each in told["display"]] == ["zh-CN", "en"]
    hidden = [each["path"][0] for each in told["claims"] if each["sd"] == "always"]
    assert hidden == HIDDEN
    assert api.get("/v1/credential-types/never").json["code"] == "certificate-type-unknown"


def test_the_key_that_signs_is_published_to_everybody(api: Api) -> None:
    chain = x509.load_pem_x509_certificates(trust_documents())
    certified = public_jwk(chain[0].public_key())  # type: ignore[arg-type]
    published = api.get("/.well-known/jwt-vc-issuer").json
    assert published["jwks"]["keys"] == [certified]
    assert published["issuer"] in api.get("/v1/credential-types/no-house").json["vct"]
    assert certified in api.get("/.well-known/jwks.json").json["keys"]
