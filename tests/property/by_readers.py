"""What citizens see of the uses of their cards, and the one word against it."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from tests.property.by_citizens import by, sent, token_of
from tests.property.by_terminals import TOLD
from tests.property.deeds import Answer, Ready, Stage
from tests.property.facts import OK, Code
from tests.property.ideal import Ideal
from tests.property.town import TERMINALS


@dataclass(frozen=True)
class ReadLog:
    """Read the log of one's own card: it has every use, and nothing else."""

    phone: int

    def ready(self, stage: Stage) -> Ready:
        token = token_of(stage, self.phone)

        def check(ideal: Ideal, answer: Answer) -> None:
            told = [_told(each) for each in answer.json["items"]]
            assert sorted(told) == sorted(_ought(ideal, each) for each in ideal.uses(self.phone))
            assert [each["at"] for each in answer.json["items"]] == sorted(
                (each["at"] for each in answer.json["items"]), reverse=True
            )

        return Ready(
            f"read the log on {self.phone}",
            send=partial(sent, stage.town.call(token, "GET", "/v1/usages?limit=100")),
            ought=by(token, lambda ideal: None),
            check=check,
        )


@dataclass(frozen=True)
class NotMe:
    """Say of a use that it was not oneself."""

    phone: int
    older: int

    def ready(self, stage: Stage) -> Ready | None:
        token = token_of(stage, self.phone)
        log = stage.town.live(partial(sent, stage.town.call(token, "GET", "/v1/usages?limit=100")))
        assert log.code == OK
        if self.older >= len(log.json["items"]):
            return None
        item = log.json["items"][self.older]
        code = _code(stage.ideal, item)

        def check(ideal: Ideal, answer: Answer) -> None:
            assert answer.json["cardStatus"] == ideal.cards[ideal.codes[code].card].status
            assert answer.json["disputedAt"]

        return Ready(
            f"not me on {self.phone}: code {list(stage.ideal.codes).index(code)}",
            send=partial(sent, stage.town.call(token, "POST", f"/v1/usages/{item['id']}/not-me")),
            ought=by(token, lambda ideal: ideal.not_me(code)),
            check=check,
        )


def _told(item: dict[str, Any]) -> tuple[Any, ...]:
    at = int(datetime.fromisoformat(item["at"]).timestamp())
    told = (item["cardId"], item["kind"], item["institution"]["id"], item["businessType"])
    return (*told, at, tuple(item["attributes"]), item["disputedAt"] is not None)


def _ought(ideal: Ideal, shown: Code) -> tuple[Any, ...]:
    assert shown.use
    told = (ideal.cards[shown.card].id, shown.kind, TERMINALS[shown.use.party], shown.use.business_type)
    at = shown.used_at if shown.presented is None else shown.presented
    return (*told, at, TOLD[shown.use.business_type], shown.disputed)


def _code(ideal: Ideal, item: dict[str, Any]) -> str:
    """The code behind an item of the log; of several that look the same, any."""
    return next(name for name, each in ideal.codes.items() if each.use and _ought(ideal, each) == _told(item))
