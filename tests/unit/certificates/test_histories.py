"""Whatever happens in whatever order, every request comes to one end, and it is the right one.

Departments are slow, down, lying or change their mind; workers die at any call; consents are withdrawn; people decide.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib import import_module
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import wiring
from chalicelib.certificates.model.certificates import Certificate, CertificateStatus
from chalicelib.certificates.model.content import CertificateContent
from chalicelib.certificates.model.requests import Batch, Request
from chalicelib.certificates.model.types import SignatureBox
from chalicelib.certificates.store.certificates import CertificateStore
from chalicelib.certificates.store.requests import RequestStore
from chalicelib.exchange.model.consents import Consent
from tests.certificates import Holder, a_holder, again, trust_documents
from tests.clock import HeldClock
from tests.memory.calls import Died, Moment, Strike
from tests.memory.cloud import Place, cold_start, place
from tests.moods import Offices, small_catalogue

_TYPES = ("houses", "houses-too", "family", "service")
_OFFICES = ("real-estate", "civil-registry", "veterans")
_REASONS = {"too-many", "no-record", "review-refused"}
_MINUTES = (1, 90, 60 * 24 * 9)

steps = st.one_of(
    st.tuples(st.just("ask"), st.sets(st.sampled_from(_TYPES), min_size=1), st.sampled_from("ab")),
    st.tuples(st.just("work"), st.none() | st.integers(0, 60)),
    st.tuples(
        st.just("mood"),
        st.sampled_from(_OFFICES),
        st.sampled_from(["well", "down", "busy", "lying", "garbled"]),
    ),
    st.tuples(
        st.just("tell"), st.sampled_from(_OFFICES), st.sampled_from([{"n": 0}, {"n": 3}, {"n": 7}, {}])
    ),
    st.tuples(st.just("withdraw"), st.integers(0, 3)),
    st.tuples(st.just("pass"), st.sampled_from(_MINUTES)),
    st.tuples(st.just("review"), st.sampled_from(["approve", "refuse"]), st.sampled_from(["op-1", "op-2"])),
)


class QuickPress:
    """A press that makes the same bytes of the same content, and draws nothing: what is printed is tested elsewhere."""

    def require_glyphs(self, content: CertificateContent) -> None:
        pass

    def certify(self, content: CertificateContent, box: SignatureBox) -> bytes:
        return content.model_dump_json().encode()


@dataclass
class Story:
    """One person, three offices, and what came of everything."""

    town: Place
    offices: Offices
    holder: Holder
    batches: list[str] = field(default_factory=list)
    asked_when_withdrawn: dict[str, int] = field(default_factory=dict)

    def take(self, step: tuple[Any, ...]) -> None:
        match step:
            case ("ask", types, purpose):
                self.holder = again(self.town.payment_app, self.holder)
                self.batches.append(self.holder.request_all(*sorted(types), purpose=purpose)[0].batch_id)
            case ("work", None):
                self.town.cloud.settle()
            case ("work", number):
                self.die(number)
            case ("mood", office, mood):
                self.offices[office].mood = mood
            case ("tell", office, value):
                self.offices.tell(office, **value)
            case ("withdraw", place):
                self.withdraw(place)
            case ("pass", minutes):
                self.town.clock.turn(minutes=minutes)
                self.town.cloud.sweep()
            case ("review", action, by):
                self.review(action, by)

    def die(self, number: int) -> None:
        strike = Strike(number, Moment.AFTER, self.town.cloud.calls.die)
        try:
            self.town.cloud.live(self.town.cloud.settle, strike)
        except Died:
            cold_start()

    def withdraw(self, place: int) -> None:
        if place < len(self.batches):
            batch = self.batches[place]
            consent = next(each for each in self.consents() if each.case_id == batch)
            wiring.consents().revoke(self.holder.citizen, consent.id)
            self.asked_when_withdrawn.setdefault(batch, self.asked(batch))

    def review(self, action: str, by: str) -> None:
        for each in self.town.cloud.invoke("admin_certificates", {"action": "list"})["items"]:
            about = {"citizenId": each["citizenId"], "requestId": each["requestId"]}
            told = {"action": action, "by": by, "reason": "looked at the file", **about}
            self.town.cloud.invoke("admin_certificates", told)

    def end(self) -> None:
        """Everybody is well again, and time goes by until nothing is left to do."""
        for office in self.offices.all.values():
            office.mood = "well"
        for by in ("op-3", "op-4"):
            self.town.cloud.settle()
            self.take(("pass", 70))
            self.take(("pass", 70))
            self.review("approve", by)
        self.town.cloud.settle()

    # -- what stands
    def asked(self, batch: str) -> int:
        return sum(
            question["caseId"] == batch for office in self.offices.all.values() for question in office.asked
        )

    def consents(self) -> list[Consent]:
        return wiring.consents().list_given(self.holder.citizen, 100, None)[0]

    def requests(self) -> list[Request]:
        found, _ = RequestStore(wiring.core_table()).of(self.holder.citizen.id, 100, None)
        return found

    def certificates(self) -> list[Certificate]:
        store = CertificateStore(wiring.core_table())
        keys = [each["pk"]["S"] for each in self.town.cloud.items() if each["sk"]["S"] == "CERTIFICATE"]
        found = [store.find(key.removeprefix("CERTIFICATE#")) for key in keys]
        return [each for each in found if each]

    def batch(self, batch_id: str) -> Batch:
        found = RequestStore(wiring.core_table()).batch(self.holder.citizen.id, batch_id)
        assert found
        return found


class Town:
    """The place; whoever reads a history that failed need not see everything in it."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def __repr__(self) -> str:
        return "town"


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with place(HeldClock()) as found, small_catalogue(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(import_module("chalicelib.wiring.certificates"), "_press", QuickPress)
        yield Town(found)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(told=st.lists(steps, min_size=3, max_size=12))
def test_every_request_comes_to_its_one_right_end(town: Town, told: list[tuple[Any, ...]]) -> None:
    town.place.begin()
    trust_documents()
    story = Story(town.place, Offices(town.place.world), a_holder(town.place.payment_app))
    for step in told:
        story.take(step)
    story.end()
    requests, certificates = story.requests(), {each.id: each for each in story.certificates()}
    each_has_ended(story, requests, certificates)
    same_facts_have_one_certificate(story, list(certificates.values()))
    each_reading_is_on_record_once(story)
    everybody_was_told_once(story, requests)
    assert town.place.cloud.dead_letters() == []


def each_has_ended(story: Story, requests: list[Request], certificates: dict[str, Certificate]) -> None:
    for each in requests:
        withdrawn = each.batch_id in story.asked_when_withdrawn
        match each.status.value:
            case "issued":
                certificate = certificates[each.certificate_id or ""]
                assert (certificate.type_id, certificate.person_id) == (each.type_id, each.person_id)
                assert certificate.status is CertificateStatus.VALID
                values = {grounds.fact: grounds.value or {} for grounds in certificate.grounds}
                doubted = each.type_id == "service" and values["service-record"]["n"] != 0
                assert doubted or all(int(value["n"] or 0) <= 5 for value in values.values())
                assert doubted == any(opinion.deed == "approve" for opinion in each.opinions)
            case "rejected":
                assert each.reason
                assert each.reason.code in _REASONS
            case "abandoned":
                assert withdrawn
            case other:
                raise AssertionError(other)
    for batch in map(story.batch, {each.batch_id for each in requests}):
        assert batch.sealed is None
        assert batch.facts == {}


def same_facts_have_one_certificate(story: Story, certificates: list[Certificate]) -> None:
    groups: dict[tuple[str, str], list[Certificate]] = {}
    for each in sorted(certificates, key=lambda one: one.issued_at):
        groups.setdefault((each.type_id, each.facts_digest), []).append(each)
        assert sorted(each.digests) == ["json", "pdf", "sd-jwt"]
        assert all(f"certificates/{each.id}.{form}" in story.town.cloud.s3.files for form in each.digests)
    for group in groups.values():
        assert all(later.issued_at > earlier.valid_until for earlier, later in pairwise(group))
    places = [(each.status_list, each.status_index) for each in certificates]
    assert len(set(places)) == len(certificates)
    assert len({each.serial for each in certificates}) == len(certificates)


def each_reading_is_on_record_once(story: Story) -> None:
    entries = Counter(
        (each["case_id"]["S"], each["fact"]["S"])
        for each in story.town.cloud.items()
        if each["sk"]["S"].startswith("USAGE#")
    )
    assert set(entries.values()) <= {1}
    for consent in story.consents():
        used = {fact for case, fact in entries if case == consent.case_id}
        assert {use.fact for use in consent.uses} == used
        assert consent.uses_left == len(consent.facts) - len(used)
    for batch, asked in story.asked_when_withdrawn.items():
        assert story.asked(batch) == asked


def everybody_was_told_once(story: Story, requests: list[Request]) -> None:
    notices, _ = wiring.notices().list_own(story.holder.citizen.id, 100)
    told = Counter((each.about, each.kind) for each in notices)
    assert set(told.values()) <= {1}
    for each in requests:
        ends = [kind for about, kind in told if about == each.id and kind.split("-")[1] in _ENDS]
        assert ends == [f"certificate-{each.status.value}"]


_ENDS = {"issued", "rejected", "abandoned"}
