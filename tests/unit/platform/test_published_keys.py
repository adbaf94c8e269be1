"""What we publish for those who check our signatures, and how the deployment says which key signs."""

from collections.abc import Callable

import cbor2
import pytest
from cwt import CWT, COSEKey

from chalicelib import wiring
from chalicelib.cards.errors import CodeInvalid
from chalicelib.platform import base45
from chalicelib.platform.tokens import TokenInvalid
from tests.api import Api
from tests.clock import HeldClock
from tests.cloud import ORIGIN, Cloud
from tests.conftest import CONFIG, WIRING, forget

NOW = 1_795_000_000
Deploy = Callable[..., None]


@pytest.fixture
def deploy(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Deploy:
    """Deploys anew with this value of TokenKeySlot or DayKeyEpoch: every process is a fresh one."""

    def deployed(slot: str = "A", epoch: str = "") -> None:
        chosen = {"TokenKeySlot": slot, "DayKeyEpoch": epoch, "PublicBaseUrl": ORIGIN}
        for name, value in cloud.environment(chosen).items():
            monkeypatch.setenv(name, value)
        forget(CONFIG, WIRING)

    return deployed


def kids(api: Api) -> set[str]:
    return {each["kid"] for each in api.get("/.well-known/jwks.json").json["keys"]}


def token() -> str:
    return wiring.tokens().issue("session+jwt", {"exp": NOW + 60})


@pytest.mark.parametrize(
    ("slot", "signs", "other"),
    [
        ("A", "TokenKey", "TokenKeyB"),
        ("B", "TokenKeyB", "TokenKey"),
        ("only-A", "TokenKey", None),
        ("only-B", "TokenKeyB", None),
    ],
)
def test_the_slot_says_which_key_signs(
    cloud: Cloud, deploy: Deploy, slot: str, signs: str, other: str | None
) -> None:
    deploy(slot)
    assert wiring.tokens().signer.key == cloud.keys[signs]
    assert [each.key for each in wiring.tokens().others] == ([cloud.keys[other]] if other else [])


def test_nobody_is_logged_out_by_a_rotation_and_back(deploy: Deploy) -> None:
    before = token()
    deploy("B")
    after = token()
    assert wiring.tokens().read("session+jwt", before, NOW)
    deploy("A")
    assert wiring.tokens().read("session+jwt", after, NOW)


def test_both_keys_are_published_before_either_signs(api: Api, deploy: Deploy) -> None:
    before = kids(api)
    signing = wiring.tokens().signer.kid
    deploy("B")
    assert kids(api) == before
    assert {signing, wiring.tokens().signer.kid, wiring.outbound_signer().signer.kid} <= before


def test_in_an_emergency_one_key_is_disowned_at_once(api: Api, deploy: Deploy) -> None:
    before, signing = token(), wiring.tokens().signer.kid
    deploy("only-B")
    with pytest.raises(TokenInvalid):
        wiring.tokens().read("session+jwt", before, NOW)
    assert signing not in kids(api)


# -- offline codes
@pytest.mark.parametrize("accept", ["application/cose-key-set", "*/*", "application/json"])
def test_an_offline_code_verifies_with_the_key_set_that_we_serve(
    api: Api, clock: HeldClock, accept: str
) -> None:
    code = wiring.offline_book().mint("0123456789ABCDEF", clock(), family=False, region="330100", level=2)
    served = api.get("/.well-known/cose-keys", headers={"accept": accept})
    assert served.headers["content-type"] == "application/cose-key-set"
    assert served.headers["cache-control"] == "public, max-age=300"
    known = [COSEKey.new(each) for each in cbor2.loads(served.body)]
    claims = CWT.new(leeway=10**9).decode(base45.decode(code[4:]), known)
    assert isinstance(claims, dict)
    assert (claims[1], claims[-65537][2]) == (ORIGIN, "330100")


def test_offline_codes_keys_are_in_the_jwks_as_well(api: Api, clock: HeldClock) -> None:
    published = wiring.offline_keys().published(clock())
    assert {each.jwk["kid"] for each in published} <= kids(api)
    assert len(kids(api)) == 7


def test_the_key_sets_change_with_the_day(api: Api, clock: HeldClock) -> None:
    today = kids(api)
    clock.turn(days=1)
    assert len(kids(api) - today) == 1
    assert len(today - kids(api)) == 1


def test_in_an_emergency_every_days_key_is_another_one_at_once(
    api: Api, clock: HeldClock, deploy: Deploy
) -> None:
    before = {each.kid for each in wiring.offline_keys().published(clock())}
    online = wiring.code_books().mint("0123456789ABCDEF", clock())
    offline = wiring.offline_book().mint("0123456789ABCDEF", clock(), family=False, region="330100", level=2)
    deploy(epoch="b")
    assert before.isdisjoint(each.kid for each in wiring.offline_keys().published(clock()))
    with pytest.raises(CodeInvalid):
        wiring.code_books().read(online, clock())
    with pytest.raises(CodeInvalid):
        wiring.offline_book().read(offline, clock())
