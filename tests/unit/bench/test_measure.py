"""What a row says, and that contenders take turns."""

from functools import partial

from bench.measure import compared, rounds


def test_every_contender_has_one_unmeasured_turn_and_one_in_each_round() -> None:
    taken: list[str] = []

    def turn(name: str) -> float:
        taken.append(name)
        return float(len(taken))

    figures = rounds({"ours": partial(turn, "ours"), "bare": partial(turn, "bare")}, 50)
    assert [len(each) for each in figures.values()] == [50, 50]
    assert min(min(each) for each in figures.values()) == 3.0
    turns = [taken[start : start + 2] for start in range(2, len(taken), 2)]
    assert all(sorted(turn) == ["bare", "ours"] for turn in turns)
    assert len({turn[0] for turn in turns}) == 2


def test_a_row_compares_medians_so_that_one_bad_round_counts_for_nothing() -> None:
    row = compared("row", "ms", 1.1, ours=[10.0, 11.0, 900.0], floor=[10.0, 10.0, 10.0], why="it is slow")
    assert (row.value, row.floor, row.ratio, row.runs) == (11.0, 10.0, 1.1, 3)
    assert row.met
    assert "note" not in row.record()


def test_a_missed_goal_says_by_how_much_and_why() -> None:
    row = compared("row", "ms", 1.2, ours=[18.0, 18.0], floor=[12.0, 12.0], why="it is slow")
    assert not row.met
    assert row.record()["note"] == "missed by 25 %: it is slow"
