"""Rules over what departments told: what must hold, and the reason where it does not. Pure data and rules."""

from typing import Self

from pydantic import model_validator

from chalicelib.certificates.model.facts import Facts, Told
from chalicelib.certificates.model.labels import Data, Reason


class Rule(Data):
    """What one value must be, otherwise the reason holds. `value` is `<fact>.<field>`; exactly one test is given.

    A field that is not there, or of another type, meets no test but `absent`; a false is not a zero.
    """

    value: str
    equals: bool | int | str | None = None
    one_of: tuple[str, ...] = ()
    at_least: int | None = None
    at_most: int | None = None
    absent: bool | None = None
    """True: nothing may be on record; False: something must be."""
    otherwise: Reason

    @model_validator(mode="after")
    def _has_one_test(self) -> Self:
        tests = (self.equals, self.one_of or None, self.at_least, self.at_most, self.absent)
        if sum(test is not None for test in tests) != 1:
            raise ValueError("a rule has exactly one of equals, one_of, at_least, at_most, absent")
        return self

    def met(self, facts: Facts) -> bool:
        """Whether the value passes."""
        value = told(facts, self.value)
        if self.absent is not None:
            return (value is None) == self.absent
        if self.equals is not None:
            return type(value) is type(self.equals) and value == self.equals
        if self.one_of:
            return value in self.one_of
        return type(value) is int and self._within(value)

    def _within(self, number: int) -> bool:
        low_enough = self.at_most is None or number <= self.at_most
        return low_enough and (self.at_least is None or number >= self.at_least)


def first_broken(rules: tuple[Rule, ...], facts: Facts) -> Reason | None:
    """The reason of the first rule that does not hold, in the order in which they are written."""
    return next((rule.otherwise for rule in rules if not rule.met(facts)), None)


def told(facts: Facts, path: str) -> Told:
    """The value at `<fact>.<field>`; None where there is none."""
    fact, _, field = path.partition(".")
    return facts.get(fact, {}).get(field)
