"""When an offline code counts, as pure data: any history of a card against a list of when it was out of use."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.cards.errors import CodeExpired, unusable
from chalicelib.cards.model import life
from chalicelib.cards.model.card import USABLE, Card, Hold, Physical

STATES = st.sampled_from(
    [
        {"held": None, "physical": Physical.ACTIVE},
        {"held": Hold.LOST, "physical": Physical.ACTIVE},
        {"held": None, "physical": Physical.LOCKED},
        {"held": Hold.RISK, "physical": Physical.LOST},
    ]
)
NEVER = 10**6


def a_card(**told: object) -> Card:
    plain = {
        "id": "card_01JACARD0000000000000000AA",
        "citizen_id": None,
        "person_id": "psn_01JAPERSN0000000000000000A",
        "holder": "张*",
        "number_masked": "A1****78",
        "id_number_masked": "3301**********0018",
        "region": "330100",
        "sealed": b"",
        "number_sealed": b"",
        "physical_ref": "0" * 32,
        "physical": Physical.ACTIVE,
        "physical_version": 1,
        "bound_at": datetime(2026, 11, 23, tzinfo=UTC),
        "version": 1,
    }
    return Card.model_validate(plain | told)


@given(st.lists(STATES, max_size=8), st.data())
def test_a_card_remembers_each_time_out_of_use(history: list[dict[str, object]], data: st.DataObject) -> None:
    card, stops = a_card(), list[list[int]]()
    for second, state in enumerate(history):
        was_usable = card.status in USABLE
        card = card.model_copy(update=state).stamped(second)
        usable = card.status in USABLE
        if was_usable and not usable:
            stops.append([second, NEVER])
        if usable and not was_usable:
            stops[-1][1] = second
    since, until = stops[-1] if stops else (None, NEVER)
    assert (card.stopped_at, card.resumed_at) == (since, None if until == NEVER else until)
    minted_at = data.draw(st.integers(0, 10))
    shown_at = data.draw(st.integers(minted_at, 20))
    refusal = card.refusal_of_offline_code(minted_at, shown_at)
    assert (refusal is not None) == any(minted_at <= stop <= shown_at for stop, _ in stops)
    online = card.refusal_of_code(minted_at)
    assert (online is not None) == (card.status not in USABLE or (since is not None and minted_at < since))
    if refusal is not None and card.status not in USABLE:
        assert refusal.code == unusable(card.status).code


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_what_was_shown_after_a_move_is_over(moved_at: int, minted_at: int, shown_at: int) -> None:
    refusal = a_card(moved_at=moved_at).refusal_of_offline_code(minted_at, shown_at)
    assert isinstance(refusal, CodeExpired) == (minted_at <= moved_at <= shown_at)


def test_what_was_shown_while_a_card_was_away_stays_over_when_it_moves_again() -> None:
    card = life.move(a_card(citizen_id="ctz_1"), "ctz_2", at=10, by="face_1")
    again = life.move(card, "ctz_1", at=30, by="face_2")
    assert isinstance(again.refusal_of_offline_code(5, 20), CodeExpired)
    assert again.refusal_of_offline_code(15, 20) is None


def test_times_that_no_code_can_be_asked_about_are_forgotten() -> None:
    card = a_card()
    for day in range(10):
        card = card.model_copy(update={"held": Hold.LOST}).stamped(day * 86400)
        card = card.model_copy(update={"held": None}).stamped(day * 86400 + 1)
    assert card.stopped_before == (7 * 86400, 8 * 86400)
