"""What must hold at every moment, looked up in the tables and the log themselves."""

from collections import Counter
from typing import Any

from chalicelib.platform.dynamo import from_attributes
from tests.property.deeds import Stage
from tests.property.facts import Card
from tests.property.town import Town

SEALED = {"sealed", "number_sealed"}


def everything(stage: Stage) -> None:
    """Every invariant."""
    tables(stage)
    nothing_is_given_away(stage)


def tables(stage: Stage) -> None:
    """What must hold of the tables."""
    _bring_up_to_date(stage.town)
    items = stage.town.life.seen
    cards = {each["id"]: each for (pk, sk), each in items.items() if sk == "CARD" and pk.startswith("CARD#")}
    one_live_card_per_person(cards)
    cards_are_as_they_ought_to_be(stage, cards)
    wallets_show_their_cards(stage, items, cards)
    uses_are_entered_once(stage, items)
    the_bureaus_latest_words_are_known(stage, items)


def _bring_up_to_date(town: Town) -> None:
    """Look at what was written since the last look."""
    life, changes = town.life, town.place.cloud.changes()
    for change in changes[life.looked :]:
        key = change.key["pk"]["S"], change.key["sk"]["S"]
        if change.new is None:
            life.seen.pop(key, None)
        else:
            life.written.append(str({n: value for n, value in change.new.items() if n not in SEALED}))
            life.seen[key] = from_attributes(change.new)
    life.looked = len(changes)


def one_live_card_per_person(cards: dict[str, dict[str, Any]]) -> None:
    live = Counter(
        card["person_id"] for card in cards.values() if card["status"] not in {"unlinked", "cancelled"}
    )
    assert not [person for person, number in live.items() if number > 1]


def cards_are_as_they_ought_to_be(stage: Stage, cards: dict[str, dict[str, Any]]) -> None:
    ids = [each.id for each in stage.ideal.cards]
    assert sorted(cards) == sorted(ids)
    for card in stage.ideal.cards:
        told = cards[card.id]
        assert (told["status"], told["level"]) == (card.status, card.level)
        assert (told["physical"], told["physical_version"]) == (card.word, card.version)
        assert told["citizen_id"] == _citizen(stage, card)


def wallets_show_their_cards(
    stage: Stage, items: dict[tuple[str, str], dict[str, Any]], cards: dict[str, dict[str, Any]]
) -> None:
    for number, phone in enumerate(stage.town.phones):
        if not phone.citizen_id:
            continue
        wallet = items[f"CITIZEN#{phone.citizen_id}", "PROFILE"]["wallet"]
        own = {card_id: each for card_id, each in wallet.items() if each["role"] == "own"}
        ought = {each.id for each in stage.ideal.cards if each.owner == number and each.in_wallet}
        assert set(own) == ought
        family = {card_id: each["mandate_id"] for card_id, each in wallet.items() if each["role"] == "family"}
        assert family == _carried(stage, number)
        for card_id, entry in own.items():
            assert (entry["status"], entry["level"]) == (cards[card_id]["status"], cards[card_id]["level"])


def uses_are_entered_once(stage: Stage, items: dict[tuple[str, str], dict[str, Any]]) -> None:
    entered = Counter(each["card_id"] for (_, sk), each in items.items() if sk.startswith("USE#"))
    used = Counter(stage.ideal.cards[each.card].id for each in stage.ideal.codes.values() if each.use)
    assert entered == used


def the_bureaus_latest_words_are_known(stage: Stage, items: dict[tuple[str, str], dict[str, Any]]) -> None:
    words = [(each["status"], each["version"]) for (_, sk), each in items.items() if sk == "PHYSICAL"]
    assert sorted(words) == sorted(stage.ideal.words.values())


def nothing_is_given_away(stage: Stage) -> None:
    """No name, no number: not in a log line, and in no item that was written since the last look."""
    town = stage.town
    text = town.log.getvalue() + "".join(town.life.written)
    town.life.written.clear()
    town.log.seek(0)
    town.log.truncate()
    assert not [secret for secret in town.secrets() if secret in text]


def _carried(stage: Stage, phone: int) -> dict[str, str]:
    """Card -> the mandate by which it ought to lie in the wallet."""
    ideal = stage.ideal
    carried = ((card, each) for (at, card), each in ideal.carried.items() if at == phone)
    return {ideal.cards[card].id: ideal.mandates[each].id for card, each in carried}


def _citizen(stage: Stage, card: Card) -> str | None:
    return stage.town.phones[card.owner].citizen_id if card.owner is not None else None
