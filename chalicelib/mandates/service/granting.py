"""How a mandate comes about: whose face consents, what the civil registry confirms, and which slot it takes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.errors import Invalid, Unavailable
from chalicelib.exchange.errors import AnswerNotTrusted
from chalicelib.exchange.model import Basis, FactStatus, Subject
from chalicelib.exchange.service import Exchange
from chalicelib.identity.errors import FaceRequired, IdentityMismatch, PersonDeceased
from chalicelib.identity.model.accounts import Citizen
from chalicelib.identity.model.faces import SCAN_LIFE, Purpose
from chalicelib.identity.model.persons import Person
from chalicelib.identity.service.faces import Faces
from chalicelib.identity.service.persons import Persons
from chalicelib.mandates.errors import (
    ChildOfAge,
    MandateEnded,
    MandateExists,
    MandateToOneself,
    MemberUnderAge,
    NotAGuardian,
    PersonUnknown,
)
from chalicelib.mandates.model.ages import (
    CONSENT_AGE,
    DEFAULT_YEARS,
    FULL_AGE,
    MOST_YEARS,
    birthday,
    of_age,
    years_on,
)
from chalicelib.mandates.model.family import Slots
from chalicelib.mandates.model.mandates import Mandate, MandateStatus, Relation, reference
from chalicelib.mandates.service.wishes import Consent, Wish
from chalicelib.mandates.store import Changed, MandateStore
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.dynamo import transact
from chalicelib.platform.rounds import rounds
from chalicelib.types import follow_id

_REGISTRY = "civil-registry"
_PURPOSE = "mandate"
_ROUNDS = 4
"""How often the family is looked at again because it changed meanwhile."""


@dataclass(frozen=True, slots=True)
class Granting:
    """Granting mandates. `agent` tells name and number of the caller, as their own bound card has them."""

    store: MandateStore
    faces: Faces
    persons: Persons
    exchange: Exchange
    agent: Callable[[Citizen], Person]
    slots: Slots
    clock: Clock

    def grant(self, citizen: Citizen, wish: Wish) -> Mandate:
        """Let the caller act for a family member; the same request again meets its own mandate.

        A grown-up consents with their own face; for a child under 16 the guardian with theirs; from 16 on the child
        with their own. The civil registry says that the member lives and, for a child, that the caller is their
        guardian. Raises PersonUnknown, MandateToOneself, MemberUnderAge, ChildOfAge, NotAGuardian, PersonDeceased,
        IdentityMismatch, IdentityNumberInvalid, Invalid (until, member), MandateExists, FamilySlotsFull, MandateEnded
        (this very scan's mandate is over), Unavailable, and what `Faces.rely` and `Faces.passed` raise.
        """
        agent_id = citizen.account.person_id
        if agent_id is None:
            raise PersonUnknown
        now = self.clock()
        consent = self._consent(citizen, agent_id, wish, now)
        mandate = _drafted(citizen, agent_id, wish, consent, now)
        standing = self.store.find(reference(mandate.id))
        if standing:
            return _met(standing, wish, now)
        self._require_alive(consent.member, mandate.id)
        if wish.relation is Relation.CHILD:
            mandate = mandate.model_copy(update={"kinship_id": self._kinship(citizen, consent, mandate.id)})
        return self._take(mandate, wish, now)

    def _consent(self, citizen: Citizen, agent_id: str, wish: Wish, now: datetime) -> Consent:
        if wish.relation is not Relation.CHILD:
            consent = self._own_face(citizen, wish)
            _require_grown(consent.member, now)
        elif wish.member_name and wish.member_number:
            consent = self._guardians_face(citizen, agent_id, wish)
            _require_age(consent.member, now, consents=False)
        else:
            consent = self._own_face(citizen, wish)
            _require_age(consent.member, now, consents=True)
        if consent.member.id == agent_id:
            raise MandateToOneself
        return consent

    def _own_face(self, citizen: Citizen, wish: Wish) -> Consent:
        if wish.verification_id is None:
            raise Invalid(("/verificationId", "is needed: the family member's own face scan"))
        if wish.member_name or wish.member_number:
            raise Invalid(("/member", "is told by the family member's own face scan"))
        face = self.faces.passed(citizen, wish.verification_id, Purpose.MANDATE)
        member = self.faces.reveal(face.person_id, face.sealed, face.holder, face.number_masked)
        return Consent(member=member, verification_id=face.id, at=face.expires_at - SCAN_LIFE)

    def _guardians_face(self, citizen: Citizen, agent_id: str, wish: Wish) -> Consent:
        receipt = self.faces.rely(citizen, Purpose.MANDATE, wish.verification_id, agent_id)
        member = self.persons.of(wish.member_name or "", wish.member_number or "", "/member/idNumber")
        return Consent(member=member, verification_id=receipt.verification_id, at=receipt.scanned_at)

    def _require_alive(self, member: Person, mandate_id: str) -> None:
        """The registry has the name with the number, and no death. Someone of another city's it may not know."""
        fact = self.exchange.ask(
            _REGISTRY, "household", _subject(member), purpose=_PURPOSE, case_id=mandate_id, basis=Basis.DUTY
        )
        if fact.status is FactStatus.MISMATCH:
            raise IdentityMismatch
        if fact.value is None:
            return
        if not isinstance(fact.value.get("alive"), bool):
            raise AnswerNotTrusted
        if not fact.value["alive"]:
            raise PersonDeceased

    def _kinship(self, citizen: Citizen, consent: Consent, mandate_id: str) -> str:
        """The id of the question by which the registry confirmed the guardian. Raises NotAGuardian."""
        fact = self.exchange.ask(
            _REGISTRY,
            "kinship",
            _subject(self.agent(citizen)),
            purpose=_PURPOSE,
            case_id=mandate_id,
            claims={"relativeIdNumber": consent.member.id_number},
            basis=Basis.DUTY,
        )
        if fact.value is None or fact.value.get("guardian") is not True:
            raise NotAGuardian
        return fact.request_id

    def _take(self, mandate: Mandate, wish: Wish, now: datetime) -> Mandate:
        """Take a slot and begin, both or neither; look again where the family changed meanwhile."""
        for _ in rounds(_ROUNDS):
            family = self.store.family(mandate.agent_person_id)
            try:
                slot, taken = family.claim(mandate, self.slots, now)
                granted = mandate.model_copy(update={"slot": slot})
                transact([self.store.keep_family(mandate.agent_person_id, taken), *self.store.grant(granted)])
            except (Changed, MandateExists) as refusal:
                standing = self.store.find(reference(mandate.id))
                if standing:  # the same request came twice at once
                    return _met(standing, wish, now)
                if isinstance(refusal, MandateExists):
                    raise
                continue
            log.event("mandate.granted", mandate=granted.id, citizen=granted.agent_citizen_id)
            return granted
        raise Unavailable


def _drafted(citizen: Citizen, agent_id: str, wish: Wish, consent: Consent, now: datetime) -> Mandate:
    """The mandate before its slot. Its id follows from the scan and the member, so a repeated request finds it."""
    member = consent.member
    return Mandate(
        id=follow_id("man", consent.at, f"{consent.verification_id}:{member.id}"),
        agent_person_id=agent_id,
        agent_citizen_id=citizen.id,
        agent_holder=citizen.account.holder or "",
        member_person_id=member.id,
        member_holder=member.holder,
        member_number_masked=member.number_masked,
        sealed=member.sealed,
        relation=wish.relation,
        actions=wish.actions,
        granted_at=now,
        until=_until(wish, member, now),
        status=MandateStatus.ACTIVE,
        slot="",
        verification_id=consent.verification_id,
        kinship_id=None,
        card_id=None,
        card_reference=None,
        closed_at=None,
        closed_by=None,
        version=1,
    )


def _until(wish: Wish, member: Person, now: datetime) -> datetime:
    """When it ends. Raises Invalid for an end that is over, or beyond the longest."""
    if wish.relation is Relation.CHILD:
        age = FULL_AGE if of_age(member.id_number, CONSENT_AGE, now) else CONSENT_AGE
        usual = longest = birthday(member.id_number, age)
    else:
        usual, longest = years_on(now, DEFAULT_YEARS), years_on(now, MOST_YEARS)
    asked = wish.until.replace(microsecond=0) if wish.until else usual
    if not now < asked <= longest:
        raise Invalid(("/until", f"must lie in the future and not after {longest.isoformat()}"))
    return asked


def _met(standing: Mandate, wish: Wish, now: datetime) -> Mandate:
    """The mandate that this very scan brought about before."""
    if standing.status_at(now) is not MandateStatus.ACTIVE:
        raise MandateEnded(
            "Its consent is used up; scan again for another one.", "授权已结束，请重新核验人脸。"
        )
    same = (standing.relation, standing.actions) == (wish.relation, wish.actions)
    if not same or (wish.until and wish.until.replace(microsecond=0) != standing.until):
        raise MandateExists
    return standing


def _require_grown(member: Person, now: datetime) -> None:
    if not of_age(member.id_number, FULL_AGE, now):
        raise MemberUnderAge


def _require_age(member: Person, now: datetime, *, consents: bool) -> None:
    """A child under 16 by the guardian's face, one under 18 by their own."""
    if of_age(member.id_number, FULL_AGE, now):
        raise ChildOfAge
    of_consent = of_age(member.id_number, CONSENT_AGE, now)
    if of_consent and not consents:
        raise FaceRequired(
            "From 16 on a child consents with their own face.", "年满16周岁须由其本人完成人脸核验。"
        )
    if consents and not of_consent:
        raise Invalid(("/member", "is needed for a child under 16, whose guardian consents"))


def _subject(person: Person) -> Subject:
    return Subject(person_id=person.id, real_name=person.real_name, id_number=person.id_number)
