"""Families as a test plays them: the civil registry, and how a relative's face is scanned on the agent's phone."""

from dataclasses import dataclass, field
from typing import Any

from chalicelib import wiring
from chalicelib.exchange.model import Department as RegisteredDepartment
from chalicelib.exchange.model import Limits
from tests.api import ApiAnswer
from tests.citizens import Phone
from tests.fakes import Department, World, unb64

ACTIONS = ["cards", "appointments", "certificates", "usage-log"]


@dataclass
class CivilRegistry(Department):
    """Knows who lives and who is whose guardian, all by identity number; everybody has a household."""

    guardians: set[tuple[str, str]] = field(default_factory=set)
    deceased: set[str] = field(default_factory=set)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def tells(self, asked: dict[str, Any]) -> dict[str, Any] | None:
        """The value of the fact that is asked for."""
        self.asked.append(asked)
        number = asked["subject"]["idNumber"]
        if asked["fact"] == "household":
            household = {"householdType": "非农业家庭户口", "address": "某街道", "relation": "户主"}
            return household | {"alive": number not in self.deceased}
        relative = asked["claims"]["relativeIdNumber"]
        return {"relation": "child", "guardian": True} if (number, relative) in self.guardians else None


def a_civil_registry(world: World) -> CivilRegistry:
    """The registry, connected."""
    registry = CivilRegistry("civil-registry", world)
    wiring.exchange().register(
        RegisteredDepartment(
            id=registry.id,
            name_zh="户政",
            name_en="Civil registry",
            endpoint=registry.endpoint,
            key_id=registry.kid,
            public_key=unb64(registry.public_key),
            limits=Limits(attempts=1),  # what fails once is to be seen to fail
        )
    )
    return registry


@dataclass(frozen=True)
class Relative:
    """A family member: name and number."""

    name: str
    number: str


def scan(agent: Phone, member: Relative, purpose: str = "mandate", passed: str = "T") -> str:
    """The member's face is scanned on the agent's phone; returns the verification's id."""
    own = agent.name, agent.number, agent.passed
    agent.name, agent.number, agent.passed = member.name, member.number, passed
    try:
        return agent.verified(purpose)
    finally:
        agent.name, agent.number, agent.passed = own


def grant(agent: Phone, **asked: Any) -> ApiAnswer:
    """Ask for a mandate; what is not told is an elder's, for everything."""
    told = {"relation": "elder", "actions": ACTIONS} | asked
    body = {name: each for name, each in told.items() if each is not None}
    return agent.api.post("/v1/mandates", body, token=agent.token)


def by_own_face(agent: Phone, member: Relative, **asked: Any) -> ApiAnswer:
    """The member scans and consents."""
    return grant(agent, verificationId=scan(agent, member), **asked)


def by_guardian(agent: Phone, child: Relative, **asked: Any) -> ApiAnswer:
    """The agent consents for a child with their own face."""
    proof = agent.verified("mandate")
    member = {"realName": child.name, "idNumber": child.number}
    return grant(agent, relation="child", verificationId=proof, member=member, **asked)
