"""What hospitals say they charged and reversed: kept once under their own numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.cases.service.cases import Cases
from chalicelib.platform import log
from chalicelib.reconciliation.model.settling import Settlement
from chalicelib.reconciliation.store import SettlementStore


@dataclass(frozen=True, slots=True)
class Settlements:
    """The hospitals' file, line by line as they tell it."""

    store: SettlementStore
    cases: Cases

    def record(self, institution_id: str, told: Mapping[str, Any]) -> None:
        """Keep a settlement, once by its number; another sum under the same number is a case. Raises Unavailable."""
        occurred_at = datetime.fromisoformat(told["occurred_at"])
        word = Settlement(institution_id=institution_id, **{**told, "occurred_at": occurred_at})
        first = self.store.add(word)
        log.event("settlement.told", institution=institution_id, order=word.order_id, kind=word.kind)
        if (first.amount_fen, first.occurred_at) != (word.amount_fen, word.occurred_at):
            about = f"{institution_id}.{word.order_id}.{word.kind}.{word.number}"
            facts = {"order_id": word.order_id, "first_fen": first.amount_fen, "then_fen": word.amount_fen}
            self.cases.open(about, "SETTLEMENT", "settlement-contradicted", hospital=institution_id, **facts)
