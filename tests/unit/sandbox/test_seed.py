"""The seed's steps on a cloud of its own: what it registers works, and doing it again changes nothing."""

import json
from typing import Any

import pytest
from cryptography import x509

from chalicelib import wiring
from chalicelib.config import settings
from chalicelib.platform.keys import Es256Signer, b64url
from sandbox import seed
from sandbox.trust import document_chain
from tests.cloud import Cloud
from tests.documents import certify
from tests.fakes import Party, Sent, World, unb64

PARTY = Party("hos_1")
INSTITUTION = {
    "id": PARTY.id,
    "kind": "hospital",
    "name": "杭州市第一人民医院",
    "endpoint": "http://127.0.0.1:8470/sandbox/institutions/hos_1/inbox",
    "keyName": PARTY.key_name,
    "publicKey": PARTY.public_key,
}
DEPARTMENT = {
    "id": "social-security",
    "name": {"zh": "人社局", "en": "Social Security"},
    "endpoint": "http://127.0.0.1:8470/sandbox/departments/social-security/facts",
    "publicKey": {"kid": "k1", "x": b64url(unb64(PARTY.public_key))},
}


def steps() -> None:
    seed.register_institution(INSTITUTION)
    seed.register_department(DEPARTMENT)
    seed.certify_document_key(certify)


def test_doing_it_again_changes_nothing(cloud: Cloud) -> None:
    steps()
    before = cloud.items()
    chain = wiring.certificate_bucket().read(wiring.DOCUMENT_CHAIN)
    steps()
    assert cloud.items() == before
    assert wiring.certificate_bucket().read(wiring.DOCUMENT_CHAIN) == chain


def test_the_registered_key_is_the_partys(cloud: Cloud) -> None:
    seed.register_institution(INSTITUTION)
    found = wiring.institutions()._key(f"{PARTY.id}#{PARTY.key_name}")
    assert found == PARTY.key.public_key()


def test_the_authority_certifies_the_very_key_that_signs(cloud: Cloud) -> None:
    assert seed.certify_document_key(certify)
    chain = wiring.certificate_bucket().read(wiring.DOCUMENT_CHAIN)
    leaf, issuer, root = x509.load_pem_x509_certificates(chain or b"")
    assert leaf.public_key() == Es256Signer(settings().document_key).public_key
    leaf.verify_directly_issued_by(issuer)
    issuer.verify_directly_issued_by(root)


def test_another_authority_certifies_anew(cloud: Cloud) -> None:
    seed.certify_document_key(certify)
    assert not seed.certify_document_key(certify)
    assert seed.certify_document_key(document_chain)


def test_another_document_key_is_certified_anew(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a redeployment that made new keys beside an old bucket."""
    seed.certify_document_key(certify)
    other = Es256Signer(cloud.keys["OutboundKey"]).key
    monkeypatch.setenv("DOCUMENT_KEY", other)
    settings.cache_clear()
    assert seed.certify_document_key(certify)


@pytest.mark.parametrize("answer", [Sent(503), None])
def test_a_world_that_does_not_answer_is_one_sentence(
    cloud: Cloud, world: World, monkeypatch: pytest.MonkeyPatch, capsys: Any, answer: Sent | None
) -> None:
    if answer:
        world.on("/sandbox/institutions", lambda _: answer)
    monkeypatch.setenv("WORLD_URL", world.origin if answer else "http://127.0.0.1:9")
    assert seed.main([]) == 1
    said = capsys.readouterr().err
    assert said.startswith("zerotrip: the outside world does not")
    assert len(said.splitlines()) == 1
    assert cloud.items() == []


def test_what_the_world_lists_is_what_is_registered(cloud: Cloud, world: World) -> None:
    world.on("/sandbox/institutions", lambda _: Sent(200, json.dumps({"items": [INSTITUTION]}).encode()))
    seed._each(seed.register_institution, seed._items(world.origin, "institutions"))
    assert [item["pk"]["S"] for item in cloud.items()] == ["INSTITUTION#hos_1"]


def test_exactly_the_named_keys_stand(cloud: Cloud, world: World) -> None:
    """A key is withdrawn by leaving it out, and comes back by being named."""
    other = Party(PARTY.id, key_name="k2")
    path, keys = f"/sandbox/institutions/{PARTY.id}", {"k1": PARTY.public_key, "k2": other.public_key}
    for query, key in {"": "k1", "?keyName=k1": "k1", "?keyName=k2": "k2"}.items():
        told = json.dumps(INSTITUTION | {"publicKey": keys[key]}).encode()
        world.on(path + query, lambda _, told=told: Sent(200, told))  # type: ignore[misc]
    stood = []
    for names in (["k1", "k2"], ["k2"], [], ["k1"]):
        seed.let_stand(world.origin, PARTY.id, names)
        found = wiring.institutions().store.find(PARTY.id)
        assert found
        stood.append(found.keys)
        assert (found.name, found.endpoint) == (INSTITUTION["name"], INSTITUTION["endpoint"])
    assert stood == [keys, {"k2": keys["k2"]}, {}, {"k1": keys["k1"]}]


def test_the_bureau_is_registered_without_an_address(cloud: Cloud) -> None:
    seed.register_institution(INSTITUTION | {"id": "bur_1", "kind": "bureau", "endpoint": None})
    found = wiring.institutions().store.find("bur_1")
    assert found
    assert (found.kind, found.endpoint) == ("bureau", None)
