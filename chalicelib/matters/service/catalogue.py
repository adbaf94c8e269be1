"""The service items, and the ledger of what they still ask for on paper."""

from dataclasses import dataclass

from chalicelib.matters import catalogue
from chalicelib.matters.errors import MatterNotFound
from chalicelib.matters.model.items import ServiceItem
from chalicelib.matters.model.ledger import Usage
from chalicelib.matters.store.usage import UsageStore


@dataclass(frozen=True, slots=True)
class Matters:
    """What there is."""

    usages: UsageStore

    def items(self) -> list[ServiceItem]:
        """Every service item, in the order of their codes."""
        return sorted(catalogue.items().values(), key=lambda each: each.code)

    def item(self, item_id: str) -> ServiceItem:
        """One of them. Raises MatterNotFound."""
        found = catalogue.items().get(item_id)
        if found is None:
            raise MatterNotFound
        return found

    def usage(self) -> dict[str, Usage]:
        """What real cases came to, by item."""
        return self.usages.by_item()
