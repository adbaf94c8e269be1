"""Changing a hospital's rules: drafted, tried against history, activated. Nothing that counted is ever changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from pydantic import ValidationError
from pydantic.alias_generators import to_camel

from chalicelib.errors import Invalid, Unavailable
from chalicelib.platform import log
from chalicelib.platform.clock import Clock
from chalicelib.platform.rounds import rounds
from chalicelib.policies.errors import PolicyNotOpen, PolicyNotTried, PolicyReplaced, PolicyUnknown
from chalicelib.policies.model import TRANSITIONS, Act, Activation, Policy, Standing, Trial, Version
from chalicelib.policies.service.comparing import History, difference, outcome
from chalicelib.policies.store import NumberTaken, PolicyStore
from chalicelib.types import CHINA

_ROUNDS = 4
_SHOWN = 25


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of hospitals' rules. `most` is how many appointments one dry run reads."""

    store: PolicyStore
    history: History
    clock: Clock
    most: int = 20_000

    def show(self, hospital_id: str) -> tuple[Standing, list[Version]]:
        """What stands, and the newest versions."""
        versions = self.store.list_versions(hospital_id)
        return self.store.standing(hospital_id, consistent=True), list(islice(versions, _SHOWN))

    def propose(self, hospital_id: str, rules: Mapping[str, int], by: str, reason: str) -> Version:
        """Draft a version: the rules that stand, with these changed. The same draft again is the one that is there.

        Raises Invalid (errors point into `rules`), Unavailable when too many draft at once.
        """
        act = Act(by=by, at=self.clock(), reason=reason)
        for _ in rounds(_ROUNDS):
            policy = _changed(self.store.standing(hospital_id, consistent=True).policy, rules)
            latest = next(self.store.list_versions(hospital_id), None)
            number = latest.number + 1 if latest else 1
            draft = Version(
                hospital_id=hospital_id, policy=policy.model_copy(update={"version": number}), drafted=act
            )
            if latest and _same(latest, draft):
                return latest
            try:
                self.store.draft(draft)
            except NumberTaken:
                continue
            log.event("policy.drafted", hospital=hospital_id, version=number, by=by)
            return draft
        raise Unavailable

    def dry_run(self, hospital_id: str, number: int, days: int, by: str, reason: str) -> Version:
        """Try a version on the last `days` days, next to the version it would replace, and keep what was found.

        Raises PolicyUnknown, PolicyNotOpen, and what the history raises (HospitalUnknown).
        """
        version = self._open(hospital_id, number)
        standing = self.store.standing(hospital_id, consistent=True).policy
        trial = self._try(version, standing, days, Act(by=by, at=self.clock(), reason=reason))
        self.store.keep_trial(version, trial)
        log.event("policy.tried", hospital=hospital_id, version=number, by=by)
        return self._find(hospital_id, number)

    def _try(self, version: Version, standing: Policy, days: int, act: Act) -> Trial:
        found = list(islice(self.history.past(version.hospital_id, days, act.at), self.most + 1))
        past = found[: self.most]
        before, after = outcome(past, standing), outcome(past, version.policy)
        today = act.at.astimezone(CHINA).date()
        return Trial(
            act=act,
            against=standing.version,
            since=_before(today, days),
            until=_before(today, 1),
            appointments=len(past),
            complete=len(found) <= self.most,
            undated_cancellations=sum(each.undated for each in past),
            standing=before,
            tried=after,
            difference=difference(before, after),
        )

    def activate(
        self, hospital_id: str, number: int, replaces: int, from_at: datetime | None, by: str, reason: str
    ) -> Version:
        """Put a version that was tried in the place of version `replaces`, from a moment on (by default now).

        Again for the version that stands, it answers as before. Raises PolicyUnknown, PolicyNotTried,
        PolicyReplaced, PolicyNotOpen, Invalid for a moment that is over.
        """
        now = self.clock()
        standing = self.store.standing(hospital_id, consistent=True)
        version = self._find(hospital_id, number)
        if standing.policy.version == number:
            return version
        if from_at is not None and from_at < now:
            raise Invalid(("/fromAt", "Rules never change for what is over: name a moment to come, or none."))
        _check(version, standing, replaces)
        act = Act(by=by, at=now, reason=reason)
        activation = Activation(act=act, replaces=replaces, from_at=from_at or now)
        activated = version.model_copy(update={"activation": activation})
        after = standing.followed_by(version.policy, activation.from_at, now)
        self.store.activate(activated, standing, after)
        log.event("policy.activated", hospital=hospital_id, version=number, by=by)
        return self._find(hospital_id, number)

    def _find(self, hospital_id: str, number: int) -> Version:
        found = self.store.find(hospital_id, number)
        if found is None:
            raise PolicyUnknown
        return found

    def _open(self, hospital_id: str, number: int) -> Version:
        found = self._find(hospital_id, number)
        before, after = TRANSITIONS["try"]
        if found.status not in {*before, after}:
            raise PolicyNotOpen
        return found


def _check(version: Version, standing: Standing, replaces: int) -> None:
    """Whether a version may take the place of the one that stands. Raises what `activate` raises."""
    if standing.policy.version != replaces:
        raise PolicyReplaced
    if version.status in {"active", "retired"}:
        raise PolicyNotOpen
    if version.status not in TRANSITIONS["activate"][0] or version.trial is None:
        raise PolicyNotTried
    if version.trial.against != replaces:
        raise PolicyNotTried(f"It was tried against version {version.trial.against}.")


def _changed(policy: Policy, rules: Mapping[str, int]) -> Policy:
    """The rules with some changed. Raises Invalid, with pointers to the rules as callers name them."""
    if "version" in rules:
        raise Invalid(("/rules/version", "Versions are numbered by themselves."))
    try:
        changed = Policy.model_validate(policy.model_dump() | dict(rules))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        raise Invalid(*((_pointer(each["loc"][0]), each["msg"]) for each in found)) from None
    wrong = [(_pointer(name), why) for name, why in changed.contradictions()]
    if changed == policy:
        wrong.append(("/rules", "These are the rules that stand."))
    if wrong:
        raise Invalid(*wrong)
    return changed


def _pointer(name: int | str) -> str:
    return f"/rules/{to_camel(str(name))}"


def _same(latest: Version, draft: Version) -> bool:
    """Whether the newest version is this very draft, asked for twice."""
    rules = {"version": draft.number}
    said = (latest.drafted.by, latest.drafted.reason) == (draft.drafted.by, draft.drafted.reason)
    return said and latest.status == "draft" and latest.policy.model_copy(update=rules) == draft.policy


def _before(day: date, days: int) -> str:
    return (day - timedelta(days=days)).isoformat()
