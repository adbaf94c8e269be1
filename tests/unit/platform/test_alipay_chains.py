"""Certificates' names as the payment app computes them, and which chains lead to a root."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import Encoding

from chalicelib.platform.alipay_chains import (
    Untrusted,
    certificate_name,
    chain,
    holder,
    read,
    root_name,
    rsa_key,
)
from tests.authority import (
    NOW,
    PLATFORM,
    ROOT,
    US,
    certificate,
    class_1,
    class_2,
    elliptic,
    merchant,
    other_root,
    pem,
    platform,
    root,
    rsa,
)

ANT = "OU=Certification Authority,O=Ant Financial,C=CN"
PUBLISHED = [
    (
        f"CN=Ant Financial Certification Authority Class 1 R1,{ANT}",
        42701552708448241360226107228231049510,
        "866efef280dec9137a87d047ac446315",
    ),
    (
        f"CN=Ant Financial Certification Authority Class 2 R1,{ANT}",
        42701552432456004857627230056898180491,
        "7513daaaa48aa3ba2e4018d84402479c",
    ),
    (
        f"CN=Ant Financial Certification Authority R1,{ANT}",
        2292228364100439313,
        "687b59193f3f462dd5336e5abf83c5d8",
    ),
    (
        "CN=iTrusChina Class 2 Root CA - G3,OU=China Trust Network,O=iTrusChina,C=CN",
        95790491425698859646659490580052089075020051350,
        "02941eef3187dddf3d3b83462e1dfcf6",
    ),
]
"""Issuer, serial number and name of real certificates, as the tests of the official SDK for Node.js expect them."""


def issued(issuer: str, serial: int, signer: str = "root") -> x509.Certificate:
    key = elliptic() if signer == "elliptic" else rsa(signer)
    return certificate("CN=x", issuer, rsa("leaf"), key, serial=serial)


@pytest.mark.parametrize(("issuer", "serial", "name"), PUBLISHED)
def test_a_certificates_name_is_what_the_official_sdk_says(issuer: str, serial: int, name: str) -> None:
    assert certificate_name(issued(issuer, serial)) == name


def test_the_roots_name_joins_those_that_rsa_signed_in_their_order() -> None:
    (_, _, _), (_, _, _), ant, itrus = PUBLISHED
    others = issued("CN=ROOTCA,O=NRCAC,C=CN", 7629940819692799611, "elliptic")
    every = [others, issued(*ant[:2]), others, issued(*itrus[:2])]
    assert root_name(every) == "687b59193f3f462dd5336e5abf83c5d8_02941eef3187dddf3d3b83462e1dfcf6"
    assert root_name([others]) == ""


def test_a_file_gives_its_certificates_in_order_and_nothing_else_is_one() -> None:
    leaf = platform(rsa("leaf"))
    assert read(b"Bag attributes\n" + pem(leaf, class_2())) == [leaf, class_2()]
    for nothing in (b"", b"no certificate", pem(leaf)[:-40]):
        with pytest.raises(Untrusted):
            read(nothing)


def test_a_chain_leads_from_the_leaf_over_its_issuer_to_the_root() -> None:
    leaf = platform(rsa("leaf"))
    assert chain(leaf, [class_1(), class_2()], [other_root(), root()], NOW) == [leaf, class_2(), root()]
    assert holder(leaf) == "支付宝-2088000000000001"


def test_a_leaf_right_under_a_root_needs_nobody_between() -> None:
    leaf = certificate(US, ROOT, rsa("leaf"), rsa("root"))
    assert chain(leaf, [], [root()], NOW) == [leaf, root()]


DAY = timedelta(days=1)
LEAF = rsa("leaf")


@pytest.mark.parametrize(
    ("leaf", "between", "roots"),
    [
        pytest.param(platform(LEAF), [], [root()], id="its issuer is missing"),
        pytest.param(platform(LEAF), [class_2()], [], id="there is no root"),
        pytest.param(
            platform(LEAF), [class_2()], [other_root()], id="a root of the same name with another key"
        ),
        pytest.param(
            certificate(US, PLATFORM, LEAF, rsa("stranger")), [class_2()], [root()], id="signed by a stranger"
        ),
        pytest.param(platform(LEAF, ends=NOW - DAY), [class_2()], [root()], id="expired"),
        pytest.param(platform(LEAF, begins=NOW + DAY), [class_2()], [root()], id="not valid yet"),
        pytest.param(
            platform(LEAF),
            [certificate(PLATFORM, ROOT, rsa("class-2"), rsa("root"), ca=True, ends=NOW - DAY)],
            [root()],
            id="its issuer has expired",
        ),
        pytest.param(
            platform(LEAF),
            [class_2()],
            [certificate(ROOT, ROOT, rsa("root"), rsa("root"), ca=True, ends=NOW - DAY)],
            id="the root has expired",
        ),
        pytest.param(
            platform(LEAF),
            [certificate(PLATFORM, ROOT, rsa("class-2"), rsa("root"))],
            [root()],
            id="its issuer is no authority",
        ),
        pytest.param(
            certificate(US, "CN=Shop,C=CN", LEAF, rsa("shop")),
            [merchant(rsa("shop"), "CN=Shop,C=CN"), class_1()],
            [root()],
            id="a merchant issued it",
        ),
        pytest.param(other_root(), [other_root()], [root()], id="it signed itself"),
    ],
)
def test_what_no_chain_of_valid_authorities_leads_to_is_not_believed(
    leaf: x509.Certificate, between: list[x509.Certificate], roots: list[x509.Certificate]
) -> None:
    with pytest.raises(Untrusted):
        chain(leaf, between, roots, NOW)


def test_a_circle_of_authorities_ends() -> None:
    one = certificate("CN=1", "CN=2", rsa("1"), rsa("2"), ca=True)
    two = certificate("CN=2", "CN=1", rsa("2"), rsa("1"), ca=True)
    with pytest.raises(Untrusted):
        chain(certificate(US, "CN=1", LEAF, rsa("1")), [one, two], [root()], NOW)


def test_a_chain_of_more_than_four_between_is_refused() -> None:
    names = [f"CN={number}" for number in range(6)]
    steps = zip(names[1:], names, strict=False)
    between = [certificate(low, high, LEAF, LEAF, ca=True) for low, high in steps]
    top = certificate("CN=0", "CN=0", LEAF, LEAF, ca=True)
    leaf = certificate(US, "CN=4", LEAF, LEAF)
    assert len(chain(leaf, between, [top], NOW)) == 6
    with pytest.raises(Untrusted):
        chain(certificate(US, "CN=5", LEAF, LEAF), between, [top], NOW)


def test_sha_1_signs_nothing_any_more() -> None:
    rsa_with_sha_256, rsa_with_sha_1 = (bytes.fromhex(f"06092a864886f70d0101{last}") for last in ("0b", "05"))
    der = platform(LEAF).public_bytes(Encoding.DER).replace(rsa_with_sha_256, rsa_with_sha_1)
    weak = x509.load_der_x509_certificate(der).tbs_certificate_bytes
    signature = rsa("class-2").sign(weak, PKCS1v15(), SHA1())  # noqa: S303  (this is what must be refused)
    leaf = x509.load_der_x509_certificate(der[: -len(signature)] + signature)
    with pytest.raises(Untrusted, match="weak"):
        chain(leaf, [class_2()], [root()], NOW)


def test_only_an_rsa_key_of_2048_bits_counts() -> None:
    assert rsa_key(platform(LEAF)) == LEAF.public_key()
    short = certificate(US, PLATFORM, rsa("short", 1024), rsa("class-2"))
    curved = certificate(US, PLATFORM, elliptic(), rsa("class-2"))
    for wrong in (short, curved):
        with pytest.raises(Untrusted):
            rsa_key(wrong)
