"""Mandates through the API: who may act for whom, and until when."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from chalicelib import wiring
from chalicelib.types import CHINA, rfc3339
from tests.api import Api, ApiAnswer
from tests.builders import an_identity_number
from tests.bureau import Bureau
from tests.citizens import Phone
from tests.clock import HeldClock
from tests.cloud import Cloud, each_attribute
from tests.fakes import PaymentApp
from tests.families import CivilRegistry, Relative, by_guardian, by_own_face, grant, scan

NoticesOf = Callable[[Phone], list[str]]


def a_child(clock: HeldClock, years: int, days: int = 0) -> Relative:
    """Somebody who is `years` old, and `days` more."""
    today = clock().astimezone(CHINA).date()
    born = date(today.year - years, today.month, today.day) - timedelta(days=days)
    return Relative("张小明", an_identity_number(born_on=born))


def birthday(child: Relative, age: int) -> str:
    born = child.number[6:14]
    return f"{int(born[:4]) + age}-{born[4:6]}-{born[6:]}T00:00:00+08:00"


def utc(text: str) -> str:
    return rfc3339(datetime.fromisoformat(text))


# -- granting
def test_an_elder_consents_with_their_own_face(agent: Phone, elder: Relative, clock: HeldClock) -> None:
    answer = by_own_face(agent, elder, actions=["certificates", "cards", "cards"])
    assert answer.status == 201
    mandate = answer.json
    assert (mandate["role"], mandate["relation"], mandate["status"]) == ("agent", "elder", "active")
    assert mandate["actions"] == ["cards", "certificates"]
    assert mandate["agent"] == {"holder": "张*"}
    assert mandate["member"]["holder"] == "王*"
    a_year = clock().astimezone(CHINA).replace(year=clock().astimezone(CHINA).year + 1)
    assert mandate["until"] == rfc3339(a_year)


def test_a_guardian_consents_for_a_young_child_until_sixteen(
    agent: Phone, clock: HeldClock, registry: CivilRegistry
) -> None:
    child = a_child(clock, 8)
    registry.guardians.add((agent.number, child.number))
    answer = by_guardian(agent, child)
    assert answer.status == 201
    assert answer.json["until"] == utc(birthday(child, 16))


def test_the_guardians_face_may_have_been_shown_before_in_this_session(
    agent: Phone, clock: HeldClock, registry: CivilRegistry
) -> None:
    child = a_child(clock, 3)
    registry.guardians.add((agent.number, child.number))
    member = {"realName": child.name, "idNumber": child.number}
    assert grant(agent, relation="child", member=member).status == 201  # the scan that bound the card serves
    clock.turn(minutes=31)
    agent.refresh()
    assert grant(agent, relation="child", member=member).code == "face-required"


def test_from_sixteen_on_a_child_consents_until_eighteen(
    agent: Phone, clock: HeldClock, registry: CivilRegistry
) -> None:
    child = a_child(clock, 16)
    registry.guardians.add((agent.number, child.number))
    assert by_guardian(agent, child).code == "face-required"
    answer = by_own_face(agent, child, relation="child")
    assert answer.status == 201
    assert answer.json["until"] == utc(birthday(child, 18))


def test_a_day_before_sixteen_the_guardian_still_consents(
    agent: Phone, clock: HeldClock, registry: CivilRegistry
) -> None:
    child = a_child(clock, 16, days=-1)
    registry.guardians.add((agent.number, child.number))
    own = by_own_face(agent, child, relation="child")
    assert (own.status, own.json["errors"][0]["pointer"]) == (422, "/member")
    answer = by_guardian(agent, child)
    assert answer.json["until"] == utc(birthday(child, 16))


def test_nobody_is_a_child_from_eighteen_on(agent: Phone, clock: HeldClock, registry: CivilRegistry) -> None:
    child = a_child(clock, 18)
    registry.guardians.add((agent.number, child.number))
    for ask in (by_guardian, lambda *them: by_own_face(*them, relation="child")):
        answer = ask(agent, child)
        assert (answer.status, answer.code) == (409, "child-of-age")


def test_a_minor_is_represented_as_a_child_only(agent: Phone, clock: HeldClock) -> None:
    answer = by_own_face(agent, a_child(clock, 17), relation="other")
    assert (answer.status, answer.code) == (409, "member-under-age")


@pytest.mark.parametrize(("years", "ask"), [(8, by_guardian), (16, by_own_face)])
def test_whoever_is_not_the_guardian_gets_nothing(
    years: int, ask: Callable[..., ApiAnswer], agent: Phone, clock: HeldClock, cloud: Cloud
) -> None:
    told = {} if ask is by_guardian else {"relation": "child"}
    answer = ask(agent, a_child(clock, years), **told)
    assert (answer.status, answer.code) == (403, "not-a-guardian")
    assert not [each for each in cloud.items() if each["pk"]["S"].startswith("MANDATE#")]


def test_a_childs_name_must_be_the_numbers(agent: Phone, clock: HeldClock, registry: CivilRegistry) -> None:
    child = a_child(clock, 8)
    registry.guardians.add((agent.number, child.number))
    registry.names[child.number] = "张大明"
    answer = by_guardian(agent, child)
    assert (answer.status, answer.code) == (409, "identity-mismatch")


def test_the_dead_are_not_represented(
    agent: Phone, elder: Relative, clock: HeldClock, registry: CivilRegistry
) -> None:
    child = a_child(clock, 8)
    registry.guardians.add((agent.number, child.number))
    registry.deceased |= {elder.number, child.number}
    for answer in (by_own_face(agent, elder), by_guardian(agent, child)):
        assert (answer.status, answer.code) == (409, "person-deceased")


def test_nobody_needs_a_mandate_for_themselves(agent: Phone) -> None:
    answer = by_own_face(agent, Relative(agent.name, agent.number))
    assert (answer.status, answer.code) == (409, "mandate-to-oneself")


def test_whoever_has_not_shown_who_they_are_acts_for_nobody(
    api: Api, payment_app: PaymentApp, registry: CivilRegistry, elder: Relative, clock: HeldClock
) -> None:
    stranger = Phone(api, payment_app)
    answer = by_own_face(stranger, elder)
    assert (answer.status, answer.code) == (403, "person-unknown")


def test_a_face_that_did_not_pass_consents_to_nothing(agent: Phone, elder: Relative) -> None:
    assert grant(agent, verificationId=scan(agent, elder, passed="F")).code == "face-not-passed"
    assert grant(agent, verificationId=scan(agent, elder, purpose="card")).code == "verification-purpose"
    assert grant(agent, verificationId=scan(agent, elder, passed="")).code == "face-pending"


def test_a_scan_on_another_phone_is_no_consent(
    agent: Phone, elder: Relative, api: Api, payment_app: PaymentApp
) -> None:
    other = Phone(api, payment_app)
    answer = grant(agent, verificationId=scan(other, elder))
    assert (answer.status, answer.code) == (404, "verification-not-found")


def test_a_scan_serves_half_an_hour(agent: Phone, elder: Relative, clock: HeldClock) -> None:
    proof = scan(agent, elder)
    clock.turn(minutes=30)
    agent.refresh()
    assert grant(agent, verificationId=proof).code == "verification-expired"


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({"relation": "elder"}, "/verificationId"),
        ({"relation": "cousin"}, "/relation"),
        ({"actions": []}, "/actions"),
        ({"actions": ["everything"]}, "/actions/0"),
        ({"until": "tomorrow"}, "/until"),
    ],
)
def test_what_is_missing_or_unknown_is_pointed_at(
    asked: dict[str, object], pointer: str, agent: Phone
) -> None:
    answer = grant(agent, **asked)
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, pointer)


def test_a_grown_ups_name_is_told_by_their_face_alone(agent: Phone, elder: Relative) -> None:
    member = {"realName": elder.name, "idNumber": elder.number}
    answer = grant(agent, verificationId=scan(agent, elder), member=member)
    assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/member")


def test_a_childs_number_is_checked(agent: Phone) -> None:
    answer = by_guardian(agent, Relative("张小明", "33010220180101001"))
    assert (answer.code, answer.json["errors"][0]["pointer"]) == (
        "identity-number-invalid",
        "/member/idNumber",
    )


# -- its end
def test_an_end_may_be_chosen_within_three_years(agent: Phone, elder: Relative, clock: HeldClock) -> None:
    longest = clock().astimezone(CHINA).replace(year=clock().year + 3)
    proof = scan(agent, elder)
    for wrong in (clock(), clock() - timedelta(days=1), longest + timedelta(seconds=1)):
        answer = grant(agent, verificationId=proof, until=rfc3339(wrong))
        assert (answer.status, answer.json["errors"][0]["pointer"]) == (422, "/until")
    answer = grant(agent, verificationId=proof, until=rfc3339(longest))
    assert answer.json["until"] == rfc3339(longest)


def test_a_childs_end_is_not_after_the_birthday(
    agent: Phone, clock: HeldClock, registry: CivilRegistry
) -> None:
    child = a_child(clock, 14)
    registry.guardians.add((agent.number, child.number))
    late = by_guardian(agent, child, until=utc(birthday(child, 16).replace("T00:00:00", "T00:00:01")))
    assert late.status == 422
    assert by_guardian(agent, child, until=utc(birthday(child, 16))).status == 201


def test_a_mandate_is_over_the_second_its_end_comes(
    agent: Phone, elder: Relative, clock: HeldClock, member: Phone
) -> None:
    until = clock() + timedelta(minutes=5)
    mandate = by_own_face(agent, elder, until=rfc3339(until)).json
    carried = agent.api.post("/v1/cards", {"mandateId": mandate["id"]}, token=agent.token)
    assert carried.status == 201
    clock.turn(minutes=5, seconds=-1)
    assert seen(agent, mandate)["status"] == "active"
    clock.turn(seconds=1)
    assert seen(agent, mandate)["status"] == "ended"
    again = agent.api.post("/v1/cards", {"mandateId": mandate["id"]}, token=agent.token)
    assert (again.status, again.code) == (410, "mandate-ended")
    card = f"/v1/cards/{carried.json['id']}"
    assert agent.api.get(card, token=agent.token).code == "mandate-ended"
    assert agent.api.get("/v1/mandates", token=agent.token).json["items"] == []


def test_the_sweep_ends_it_takes_its_card_away_and_tells_both(
    agent: Phone, elder: Relative, clock: HeldClock, member: Phone, cloud: Cloud, notices: NoticesOf
) -> None:
    mandate = by_own_face(agent, elder, until=rfc3339(clock() + timedelta(minutes=5))).json
    carried = agent.api.post("/v1/cards", {"mandateId": mandate["id"]}, token=agent.token).json
    clock.turn(minutes=5)
    cloud.sweep()
    cloud.sweep()
    assert agent.api.get(f"/v1/cards/{carried['id']}", token=agent.token).code == "card-not-found"
    assert notices(agent).count("mandate-ended") == 1
    assert notices(member).count("mandate-ended") == 1
    assert seen(agent, mandate)["closedAt"] == rfc3339(clock())
    assert sealed_of(cloud, mandate["id"]) is None


def test_the_sweep_leaves_a_later_mandates_slot_and_card(
    agent: Phone, elder: Relative, clock: HeldClock, member: Phone, cloud: Cloud
) -> None:
    first = by_own_face(agent, elder, until=rfc3339(clock() + timedelta(minutes=5))).json
    card = agent.api.post("/v1/cards", {"mandateId": first["id"]}, token=agent.token).json
    clock.turn(minutes=5)
    second = by_own_face(agent, elder).json
    assert second["id"] != first["id"]
    carried = agent.api.post("/v1/cards", {"mandateId": second["id"]}, token=agent.token)
    assert carried.status == 201
    cloud.sweep()
    assert agent.api.get(f"/v1/cards/{card['id']}", token=agent.token).status == 200
    assert used(agent)["elder"] == 1
    assert [each["id"] for each in listed(agent)] == [second["id"]]


@pytest.mark.parametrize("side", ["agent", "member"])
def test_either_side_revokes_at_once(
    side: str, agent: Phone, elder: Relative, member: Phone, notices: NoticesOf, cloud: Cloud
) -> None:
    mandate = by_own_face(agent, elder).json
    card = agent.api.post("/v1/cards", {"mandateId": mandate["id"]}, token=agent.token).json
    revoker = agent if side == "agent" else member
    path = f"/v1/mandates/{mandate['id']}"
    assert revoker.api.call("DELETE", path, token=revoker.token).status == 204
    assert agent.api.get(f"/v1/cards/{card['id']}", token=agent.token).code == "card-not-found"
    again = agent.api.post("/v1/cards", {"mandateId": mandate["id"]}, token=agent.token)
    assert (again.status, again.code) == (410, "mandate-ended")
    assert (seen(member, mandate)["status"], seen(agent, mandate)["closedBy"]) == ("revoked", side)
    assert revoker.api.call("DELETE", path, token=revoker.token).status == 204
    assert sorted(notices(agent))[-2:] == ["mandate-granted", "mandate-revoked"]
    assert sorted(notices(member))[-2:] == ["mandate-received", "mandate-revoked"]
    assert used(agent)["elder"] == 0
    assert listed(member) == []
    assert sealed_of(cloud, mandate["id"]) is None


def test_one_scan_consents_once(agent: Phone, elder: Relative) -> None:
    proof = scan(agent, elder)
    mandate = grant(agent, verificationId=proof).json
    agent.api.call("DELETE", f"/v1/mandates/{mandate['id']}", token=agent.token)
    assert grant(agent, verificationId=proof).code == "mandate-ended"
    assert by_own_face(agent, elder).status == 201


# -- repeats, slots
def test_the_same_request_again_meets_its_own_mandate(
    agent: Phone, elder: Relative, registry: CivilRegistry
) -> None:
    proof = scan(agent, elder)
    first = grant(agent, verificationId=proof)
    asked = len(registry.asked)
    assert grant(agent, verificationId=proof).json == first.json
    assert len(registry.asked) == asked
    assert grant(agent, verificationId=proof, actions=["cards"]).code == "mandate-exists"
    assert used(agent)["elder"] == 1


def test_a_member_is_represented_once_by_the_same_agent(agent: Phone, elder: Relative) -> None:
    by_own_face(agent, elder)
    answer = by_own_face(agent, elder, relation="other")
    assert (answer.status, answer.code) == (409, "mandate-exists")


def test_two_agents_may_act_for_the_same_member(
    agent: Phone, elder: Relative, member: Phone, api: Api, payment_app: PaymentApp, bureau: Bureau
) -> None:
    second = Phone(api, payment_app, name="李娜")
    bureau.insures(second.name, second.number)
    second.bind()
    for each in (agent, second):
        assert by_own_face(each, elder).status == 201
    assert {each["agent"]["holder"] for each in listed(member)} == {"张*", "李*"}
    assert {each["role"] for each in listed(member)} == {"member"}


def test_the_fifth_elder_is_refused_until_a_slot_is_free(agent: Phone, clock: HeldClock) -> None:
    until = rfc3339(clock() + timedelta(minutes=5))
    elders = [Relative("王芳", an_identity_number()) for _ in range(5)]
    for each in elders[:4]:
        assert by_own_face(agent, each, until=until).status == 201
    answer = by_own_face(agent, elders[4])
    assert (answer.status, answer.code) == (409, "family-slots-full")
    assert by_own_face(agent, elders[4], relation="other").status == 201
    assert used(agent) == {"elder": 4, "child": 0, "spouse": 0, "other": 1}
    clock.turn(minutes=5)  # nobody swept
    assert by_own_face(agent, Relative("王芳", an_identity_number())).status == 201


def test_the_fifth_elder_is_refused_also_when_two_ask_at_once(
    agent: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        by_own_face(agent, Relative("王芳", an_identity_number()))
    slow, fast = (scan(agent, Relative("王芳", an_identity_number())) for _ in range(2))
    store = type(wiring.granting().store)
    seen_by_slow = store.family
    raced: list[str | None] = []

    def family(self: object, person_id: str) -> object:
        found = seen_by_slow(self, person_id)  # type: ignore[arg-type]
        if not raced:
            raced.append(None)
            raced.append(str(grant(agent, verificationId=fast).status))
        return found

    monkeypatch.setattr(store, "family", family)
    assert grant(agent, verificationId=slow).code == "family-slots-full"
    assert raced[1] == "201"
    assert used(agent)["elder"] == 4


def test_the_same_request_twice_at_once_is_one_mandate(
    agent: Phone, elder: Relative, monkeypatch: pytest.MonkeyPatch
) -> None:
    proof = scan(agent, elder)
    store = type(wiring.granting().store)
    read = store.family
    first: list[dict[str, object]] = []

    def family(self: object, person_id: str) -> object:
        found = read(self, person_id)  # type: ignore[arg-type]
        if not first:
            first.append({})
            first[0] = grant(agent, verificationId=proof).json
        return found

    monkeypatch.setattr(store, "family", family)
    assert grant(agent, verificationId=proof).json == first[0]
    assert used(agent)["elder"] == 1


# -- who sees what
def test_somebody_elses_mandate_is_not_there(
    agent: Phone, elder: Relative, api: Api, payment_app: PaymentApp, bureau: Bureau
) -> None:
    mandate = by_own_face(agent, elder).json
    stranger = Phone(api, payment_app, name="李娜")
    bureau.insures(stranger.name, stranger.number)
    stranger.bind()
    path = f"/v1/mandates/{mandate['id']}"
    for method, where in (("GET", path), ("DELETE", path)):
        assert stranger.api.call(method, where, token=stranger.token).code == "mandate-not-found"
    carried = stranger.api.post("/v1/cards", {"mandateId": mandate["id"]}, token=stranger.token)
    assert (carried.status, carried.code) == (404, "mandate-not-found")
    assert listed(stranger) == []


def test_a_member_may_not_act_by_the_mandate_they_gave(agent: Phone, elder: Relative, member: Phone) -> None:
    mandate = by_own_face(agent, elder).json
    answer = member.api.post("/v1/cards", {"mandateId": mandate["id"]}, token=member.token)
    assert answer.code == "mandate-not-found"


def test_a_mandate_covers_what_it_names_and_nothing_else(
    agent: Phone, elder: Relative, member: Phone
) -> None:
    mandate = by_own_face(agent, elder, actions=["certificates"]).json
    answer = agent.api.post("/v1/cards", {"mandateId": mandate["id"]}, token=agent.token)
    assert (answer.status, answer.code) == (403, "action-not-mandated")


def test_no_name_and_no_number_is_kept_or_logged(
    agent: Phone, clock: HeldClock, registry: CivilRegistry, cloud: Cloud, log_lines: Callable[[], str]
) -> None:
    child = a_child(clock, 8)
    registry.guardians.add((agent.number, child.number))
    by_guardian(agent, child)
    cloud.settle()
    kept = repr([list(each_attribute(each)) for each in cloud.items()])
    for secret in (child.name, child.number, agent.number):
        assert secret not in kept
        assert secret not in log_lines()


def test_the_registry_is_asked_for_a_purpose_and_the_reading_is_on_record(
    agent: Phone, clock: HeldClock, registry: CivilRegistry, cloud: Cloud
) -> None:
    child = a_child(clock, 8)
    registry.guardians.add((agent.number, child.number))
    mandate = by_guardian(agent, child).json
    assert [(each["fact"], each["purpose"], each["caseId"]) for each in registry.asked] == [
        ("household", "mandate", mandate["id"]),
        ("kinship", "mandate", mandate["id"]),
    ]
    readings = [each for each in cloud.items() if each["sk"]["S"].startswith("USAGE#")]
    assert {"household", "kinship"} <= {each["fact"]["S"] for each in readings}


def test_a_registry_that_is_down_leaves_nothing_behind(
    agent: Phone, elder: Relative, registry: CivilRegistry
) -> None:
    proof = scan(agent, elder)
    registry.down = True
    assert grant(agent, verificationId=proof).code == "department-unavailable"
    assert used(agent)["elder"] == 0
    registry.down = False
    assert grant(agent, verificationId=proof).status == 201


# -- reading
def seen(phone: Phone, mandate: dict[str, object]) -> dict[str, object]:
    found: dict[str, object] = phone.api.get(f"/v1/mandates/{mandate['id']}", token=phone.token).json
    return found


def listed(phone: Phone) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = phone.api.get("/v1/mandates", token=phone.token).json["items"]
    return found


def used(phone: Phone) -> dict[str, int]:
    slots = phone.api.get("/v1/mandates", token=phone.token).json["slots"]
    return {each["relation"]: each["used"] for each in slots}


def sealed_of(cloud: Cloud, mandate_id: str) -> object:
    (item,) = [each for each in cloud.items() if each["pk"]["S"] == f"MANDATE#{mandate_id[-16:]}"]
    return item.get("sealed")
