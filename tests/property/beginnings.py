"""How a history begins: nobody has a card, everybody has, or one acts for another. Lived through once, then copied."""

from copy import deepcopy
from dataclasses import dataclass, replace

from tests.memory.cloud import Remembered, cold_start
from tests.property import by_citizens, by_families, by_holders, look
from tests.property.by_citizens import OWNERS, Proof
from tests.property.deeds import Deed, Doing, Stage
from tests.property.ideal import Ideal
from tests.property.life import Life
from tests.property.town import BEGINNING, Town


@dataclass(frozen=True, repr=False)
class Beginning:
    """How a history begins: the tables, and what everybody knows."""

    tables: Remembered
    life: Life
    ideal: Ideal

    def __repr__(self) -> str:
        return "beginning"

    @classmethod
    def after(cls, here: Town, *deeds: Deed) -> "Beginning":
        """How it stands once these were done."""
        here.life = Life()
        doing = Doing(Stage(here, Ideal(int(BEGINNING.timestamp()))), look.tables)
        for each in deeds:
            doing.do(each, None)
        look.everything(doing.stage)
        here.place.cloud.settle()
        return cls(here.place.cloud.remember(), here.life, doing.stage.ideal)

    def again(self, here: Town, *, lagging: bool) -> Stage:
        """A history's first moment; `lagging`: every read that may be stale will be."""
        here.place.cloud.return_to(self.tables)
        here.clock.now = BEGINNING
        here.life = replace(deepcopy(self.life), looked=0, lagging=lagging)
        here.catch_up()
        cold_start()
        return Stage(here, deepcopy(self.ideal))


KNOWN: tuple[Deed, ...] = (
    by_holders.Bind(0, OWNERS[0], move=False, proof=Proof("fresh")),
    by_holders.Bind(2, OWNERS[2], move=False, proof=Proof("fresh")),
    by_citizens.LogIn(1),
    by_holders.LinkBank(0, 0, matching=True, proof=Proof("fresh")),
    *(by_citizens.ShowFace(phone, OWNERS[phone], "identity") for phone in range(3)),
)
FAMILY: tuple[Deed, ...] = (
    *KNOWN,
    by_families.Grant(0, 1, "elder", ("cards", "usage-log"), 4000, Proof("fresh")),
    by_families.Carry(None, 0),
)


def beginnings(here: Town) -> tuple[Beginning, ...]:
    """Nobody has a card; everybody has; and one of them lets another act for them."""
    nowhere = here.place.cloud.remember()

    def after(*deeds: Deed) -> Beginning:
        here.place.cloud.return_to(nowhere)
        here.clock.now = BEGINNING
        return Beginning.after(here, *deeds)

    return after(), after(*KNOWN), after(*FAMILY)
