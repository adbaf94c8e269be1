"""The verifier that stands alone: files as the service makes them, and each way to be wrong."""

import ast
import json
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from chalicelib.certificates import catalogue, pdf, status
from chalicelib.certificates.model.content import CertificateContent
from chalicelib.certificates.model.facts import Facts
from chalicelib.certificates.sd_jwt import issue as sd_jwt_of
from chalicelib.certificates.seal import Seal
from chalicelib.certificates.twin import twin
from chalicelib.platform.keys import public_jwk, raw_signature
from sandbox.trust import document_chain
from verifier.__main__ import main
from verifier.errors import Distrusted, NoStatement
from verifier.status_list import Reference, StatusList
from verifier.trust import Trust
from verifier.verdict import Judgement, Verdict, judge

NOW = datetime(2026, 11, 23, 4, 5, 6, tzinfo=UTC)
URI = "https://api.example.cn/v1/status-lists/1"
INDEX = 584_458
FACTS: Facts = {"house-ownership": {"houses": 0, "region": "330100"}}


class Office:
    """Somebody who signs, with an authority's certificate."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        der = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        self.chain = document_chain(self.key.public_key().public_bytes(*der), NOW)
        self.seal = Seal.from_pem(self.chain, lambda message: raw_signature(self.sign(message)))

    def sign(self, message: bytes) -> bytes:
        return self.key.sign(message, ec.ECDSA(hashes.SHA256()))

    def status_list(self, statuses: Mapping[int, int], at: datetime = NOW, uri: str = URI) -> str:
        return self.seal.jws(status.KIND, status.claims(uri, statuses, at))


OFFICE, STRANGER = Office(), Office()


def trusting(tmp_path: Path, *chains: bytes) -> Trust:
    paths = [tmp_path / f"{number}.pem" for number in range(len(chains))]
    for path, chain in zip(paths, chains, strict=True):
        path.write_bytes(chain)
    return Trust.read(paths, [])


@pytest.fixture
def trust(tmp_path: Path) -> Trust:
    return trusting(tmp_path, OFFICE.chain)


def hidden(*disclosed: Any) -> str:
    return urlsafe_b64encode(json.dumps(disclosed, ensure_ascii=False).encode()).rstrip(b"=").decode()


def digest(disclosure: str) -> str:
    return urlsafe_b64encode(sha256(disclosure.encode()).digest()).rstrip(b"=").decode()


NAME = hidden("salt-1", "holderName", "欧阳明月")
HOUSES = hidden("salt-2", "houses", 0)
FIRST = hidden("salt-3", "子女入学")


def sd_jwt(office: Office = OFFICE, *disclosures: str, **changed: Any) -> str:
    claims: dict[str, Any] = {
        "iss": "https://api.example.cn",
        "vct": "https://api.example.cn/no-house",
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 86_400,
        "status": {"status_list": {"uri": URI, "idx": INDEX}},
        "_sd": [digest(NAME), digest(HOUSES)],
        "_sd_alg": "sha-256",
        "for": [{"...": digest(FIRST)}],
    }
    return "~".join((office.seal.jws("dc+sd-jwt", claims | changed), *disclosures, ""))


def asked(
    text: str | bytes, trust: Trust, *lists: str, at: datetime = NOW + timedelta(minutes=1)
) -> Judgement:
    return judge(text if isinstance(text, bytes) else text.encode(), trust, list(lists), at)


@pytest.mark.parametrize(
    ("value", "verdict"),
    [(0, Verdict.VALID), (1, Verdict.REVOKED), (2, Verdict.SUSPENDED), (3, Verdict.UNKNOWN)],
)
def test_what_the_status_list_says_is_the_verdict(trust: Trust, value: int, verdict: Verdict) -> None:
    around = {INDEX - 1: 3, INDEX + 1: 3, 0: 1}
    judged = asked(sd_jwt(OFFICE, NAME), trust, OFFICE.status_list(around | {INDEX: value}))
    assert (judged.verdict, judged.status_of) == (verdict, NOW.replace(microsecond=0))


def test_only_what_was_disclosed_is_told(trust: Trust) -> None:
    judged = asked(sd_jwt(OFFICE, NAME, FIRST), trust, OFFICE.status_list({}))
    assert judged.claims["holderName"] == "欧阳明月"
    assert judged.claims["for"] == ["子女入学"]
    assert not {"houses", "_sd", "_sd_alg"} & set(judged.claims)


def test_time_decides_before_the_list_does(trust: Trust) -> None:
    revoked = OFFICE.status_list({INDEX: 1})
    assert asked(sd_jwt(), trust, revoked, at=NOW + timedelta(days=1)).verdict is Verdict.EXPIRED
    assert asked(sd_jwt(), trust, revoked, at=NOW - timedelta(minutes=2)).verdict is Verdict.NOT_YET
    later = sd_jwt(exp=int(NOW.timestamp()) + 86_400 * 400)
    assert asked(later, trust, revoked, at=NOW + timedelta(hours=25)).verdict is Verdict.UNKNOWN
    newer = OFFICE.status_list({}, NOW + timedelta(hours=25))
    assert asked(later, trust, revoked, newer, at=NOW + timedelta(hours=25)).verdict is Verdict.VALID
    assert asked(later, trust, newer, at=NOW + timedelta(hours=2)).verdict is Verdict.UNKNOWN


def test_without_a_list_that_is_believed_nothing_is_said(trust: Trust) -> None:
    for lists in (
        (),
        (STRANGER.status_list({}),),
        (OFFICE.status_list({}, uri=URI + "0"),),
        (OFFICE.seal.jws("dc+sd-jwt", status.claims(URI, {}, NOW)),),
        (
            OFFICE.seal.jws(
                status.KIND, status.claims(URI, {}, NOW) | {"status_list": {"bits": 3, "lst": ""}}
            ),
        ),
        (
            OFFICE.seal.jws(
                status.KIND, status.claims(URI, {}, NOW) | {"status_list": {"bits": 2, "lst": "eNo"}}
            ),
        ),
        ("no token",),
    ):
        assert asked(sd_jwt(), trust, *lists).verdict is Verdict.UNKNOWN


def test_a_place_outside_the_list_is_no_valid_one(trust: Trust) -> None:
    known = StatusList.read(OFFICE.status_list({}), trust, NOW)
    for index in (-1, 1 << 20):
        with pytest.raises(NoStatement):
            known.status(Reference(URI, index), NOW)


def tampered(token: str, part: int) -> str:
    """The same token with one bit of a part flipped."""
    parts = token.rstrip("~").split(".")
    raw = bytearray(urlsafe_b64decode(parts[part] + "=" * (-len(parts[part]) % 4)))
    raw[len(raw) // 2] ^= 1
    parts[part] = urlsafe_b64encode(raw).rstrip(b"=").decode()
    return ".".join(parts) + "~"


def test_what_was_changed_or_is_nobodys_we_trust_is_not_genuine(trust: Trust) -> None:
    for text in (
        sd_jwt(STRANGER),
        *(tampered(sd_jwt(), part) for part in range(3)),
        sd_jwt(OFFICE, hidden("salt-1", "holderName", "别人")),
        sd_jwt(OFFICE, NAME, NAME),
        sd_jwt(OFFICE, "bm90IGpzb24"),
        sd_jwt(OFFICE, NAME, holderName="别人"),
        OFFICE.status_list({}),
        OFFICE.seal.jws("session+jwt", {"iat": int(NOW.timestamp())}),
        "",
        "{",
        "{}",
        "a.b.c",
        "e30.e30.e30",
        "证照",
        "[" * 100_000,
    ):
        assert asked(text, trust, OFFICE.status_list({})).verdict is Verdict.NOT_GENUINE, text[:40]


def test_published_keys_do_as_well_as_a_root_and_for_their_own_id_only(tmp_path: Path, trust: Trust) -> None:
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps({"keys": [public_jwk(OFFICE.key.public_key()), {"kty": "RSA", "kid": "r"}]}))
    keys = Trust.read([], [path])
    assert asked(sd_jwt(), keys, OFFICE.status_list({})).verdict is Verdict.VALID
    assert asked(sd_jwt(STRANGER), keys, OFFICE.status_list({})).verdict is Verdict.NOT_GENUINE
    claimed = Seal(OFFICE.seal.kid, STRANGER.seal.chain, STRANGER.seal.sign)
    assert asked(claimed.jws("dc+sd-jwt", {}), keys).verdict is Verdict.NOT_GENUINE
    assert asked(claimed.jws("dc+sd-jwt", {}), trust).verdict is Verdict.NOT_GENUINE


def test_the_flattened_form_is_read_as_well(trust: Trust) -> None:
    protected, payload, signature = sd_jwt().rstrip("~").split(".")
    flat = json.dumps({"protected": protected, "payload": payload, "signature": signature})
    assert asked(flat, trust, OFFICE.status_list({})).verdict is Verdict.VALID


def test_another_algorithm_is_not_even_tried(trust: Trust) -> None:
    for changed in ({"alg": "none"}, {"alg": "ES384"}, {"crit": ["x"]}):
        header = json.dumps(OFFICE.seal.header("dc+sd-jwt") | changed).encode()
        signed = f"{urlsafe_b64encode(header).rstrip(b'=').decode()}.e30"
        signature = urlsafe_b64encode(OFFICE.seal.sign(signed.encode())).rstrip(b"=").decode()
        assert asked(f"{signed}.{signature}", trust).why.startswith("it is signed in another way")


def test_a_signer_s_certificate_may_not_sign_others(trust: Trust) -> None:
    """A leaf of the trusted root issues a certificate of its own."""
    der = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    forged = document_chain(STRANGER.key.public_key().public_bytes(*der), NOW)
    mixed = Seal("x", (Seal.from_pem(forged, bytes).chain[0], *OFFICE.seal.chain), STRANGER.seal.sign)
    assert asked(mixed.jws("dc+sd-jwt", {}), trust).verdict is Verdict.NOT_GENUINE


def said() -> CertificateContent:
    kind, region = catalogue.types()["no-house"], catalogue.region_name("330100")
    return CertificateContent(
        type_id="no-house",
        name=kind.name,
        serial="WF-330100-20261123-7W4Y8N1P",
        holder_name="欧阳明月",
        holder_id_number="330106199003071237",
        region=region,
        issuer=kind.issuer.for_region(region),
        statement=kind.statement_of(FACTS, region, date(2026, 11, 23)),
        lines=kind.lines_of(FACTS),
        as_of=date(2026, 11, 23),
        issued_at=NOW,
        valid_until=date(2027, 2, 21),
        verify_url="https://api.example.cn/v/cert_1",
        status_uri=URI,
        status_index=INDEX,
    )


@pytest.fixture(scope="module")
def paper() -> bytes:
    signatory = pdf.Signatory.from_pem(OFFICE.chain, OFFICE.sign)
    box = catalogue.types()["no-house"].signature_box
    return pdf.sign(pdf.render(said()), signatory, NOW, box)


def test_the_services_own_credential_and_data_are_judged_like_the_paper(trust: Trust) -> None:
    issuer = "https://api.example.cn"
    credential = sd_jwt_of(said(), issuer, OFFICE.seal)
    data = twin(said(), "ab" * 32, issuer, OFFICE.seal)
    nothing_shown = credential.partition("~")[0] + "~"
    for file in (credential, nothing_shown, data):
        assert asked(file, trust, OFFICE.status_list({})).verdict is Verdict.VALID
        assert asked(file, trust, OFFICE.status_list({INDEX: 1})).verdict is Verdict.REVOKED
    assert "欧阳明月" in str(asked(credential, trust).claims)
    assert "欧阳明月" not in str(asked(nothing_shown, trust).claims)
    assert asked(data, trust).claims["证照"]["持证主体"] == "欧阳明月"


def test_a_pdf_is_judged_by_what_it_says_of_itself(paper: bytes, trust: Trust, tmp_path: Path) -> None:
    judged = asked(paper, trust, OFFICE.status_list({INDEX: 1}))
    assert (judged.verdict, judged.claims["name"]) == (
        Verdict.REVOKED,
        "无房证明 Certificate of No House Ownership",
    )
    assert asked(paper, trust, OFFICE.status_list({})).verdict is Verdict.VALID
    last_second = datetime(2027, 2, 21, 15, 59, 59, tzinfo=UTC)
    late = OFFICE.status_list({}, last_second)
    assert asked(paper, trust, late, at=last_second).verdict is Verdict.VALID
    assert asked(paper, trust, late, at=last_second + timedelta(seconds=1)).verdict is Verdict.EXPIRED
    strangers = trusting(tmp_path, STRANGER.chain)
    assert asked(paper, strangers, OFFICE.status_list({})).verdict is Verdict.NOT_GENUINE


def test_a_pdf_that_was_touched_is_not_genuine(paper: bytes, trust: Trust) -> None:
    changed = bytearray(paper)
    changed[len(changed) // 3] ^= 1
    for document in (bytes(changed), paper + b"\n%%EOF", paper[:-20], b"%PDF-1.7\n", b"%PDF"):
        assert asked(document, trust, OFFICE.status_list({})).verdict is Verdict.NOT_GENUINE


def test_the_command_tells_people_and_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, text in (
        ("root.pem", OFFICE.chain.decode()),
        ("list.jwt", OFFICE.status_list({INDEX: 1})),
        ("paper.sd-jwt", sd_jwt(OFFICE, NAME)),
    ):
        (tmp_path / name).write_text(text)
    words = [str(tmp_path / "paper.sd-jwt"), "--trust", str(tmp_path / "root.pem")]
    at = ["--at", (NOW + timedelta(minutes=1)).isoformat()]
    assert main([*words, *at, "--status", str(tmp_path / "list.jwt")]) == 2
    told = capsys.readouterr().out
    assert told.startswith("[2] 已撤销 · REVOKED: do not accept\n")
    assert "holderName: 欧阳明月" in told
    assert main([*words, *at, "--json"]) == 6
    assert json.loads(capsys.readouterr().out)["verdict"] == "unknown"
    with pytest.raises(SystemExit) as stopped:
        main(words[:1])
    assert stopped.value.code == 2 or "trust" in capsys.readouterr().err


def test_it_stands_alone() -> None:
    """Nothing of the service, and no library but those its readme names."""
    folder = Path(str(sys.modules["verifier"].__file__)).parent
    imported = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {each.name.partition(".")[0] for each in node.names}
            if isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").partition(".")[0])
    foreign = imported - set(sys.stdlib_module_names) - {"verifier"}
    assert foreign == {"cryptography", "pyhanko", "pyhanko_certvalidator", "asn1crypto"}


def test_a_distrusted_list_is_distrust(trust: Trust) -> None:
    with pytest.raises(Distrusted):
        StatusList.read(STRANGER.status_list({}), trust, NOW)
