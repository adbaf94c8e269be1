"""Who is whose relative, and what is on file about people: as settled where cast, believable where drawn."""

from datetime import date

from sandbox.people import TODAY, Person, synthetic_people

PEOPLE = synthetic_people()
EVERYBODY = PEOPLE.everybody
OPPOSITE = {"parent": "child", "child": "parent", "spouse": "spouse"}


def relatives(person: Person, relation: str) -> list[Person]:
    found = (PEOPLE.find_user(kin.user_id) for kin in person.family if kin.relation == relation)
    return [relative for relative in found if relative]


def test_every_relation_is_known_from_both_sides() -> None:
    for person in EVERYBODY:
        for kin in person.family:
            other = PEOPLE.find_user(kin.user_id)
            assert other
            back = other.kin(person)
            assert back
            assert back.relation == OPPOSITE[kin.relation]


def test_a_parent_is_a_generation_older_and_gives_a_name() -> None:
    for child in EVERYBODY:
        parents = relatives(child, "parent")
        assert all(child.born_on.year - parent.born_on.year >= 18 for parent in parents)
        if parents:
            assert child.real_name[0] in {parent.real_name[0] for parent in parents}


def test_two_who_are_married_are_each_others_only_spouse() -> None:
    wed = [person for person in EVERYBODY if relatives(person, "spouse")]
    assert len(wed) >= 2 * 42
    assert all(len(relatives(person, "spouse")) == 1 for person in wed)
    assert all(person.marital_status == "married" for person in wed)
    assert all(relatives(person, "spouse")[0].sex != person.sex for person in wed)


def test_a_family_has_elders_a_child_and_one_who_is_sixteen() -> None:
    heads = [person for person in EVERYBODY if len(person.family) == 5]
    assert len(heads) == 42
    for head in heads:
        parents, children = relatives(head, "parent"), relatives(head, "child")
        assert all(parent.insured and parent.age(TODAY) >= 60 for parent in parents)
        assert [child.age(TODAY) < 16 for child in children] == [True, False]
        assert {child.age(day) for child in children[1:] for day in (TODAY, date(2028, 8, 1))} <= {16, 17}
        assert len({each.address for each in (head, *parents, *children)}) == 1


def test_only_children_are_in_somebodys_care() -> None:
    wards = [
        (PEOPLE.find_user(kin.user_id), kin) for each in EVERYBODY for kin in each.family if kin.guardian
    ]
    assert len(wards) == 42 * 4
    assert all(ward and ward.age(TODAY) < 18 and kin.relation == "child" for ward, kin in wards)


def test_the_cast_has_families_and_troubles_as_the_readme_says() -> None:
    assert [len(EVERYBODY[index].family) for index in (0, 5)] == [5, 5]
    assert EVERYBODY[200].deceased
    assert [EVERYBODY[index].card_status for index in range(200, 206)] == [
        "cancelled",
        "lost",
        "locked",
        "cancelled",
        "active",
        "active",
    ]
    inactive, none = EVERYBODY[204].bank, EVERYBODY[205].bank
    assert inactive
    assert not inactive.active
    assert none is None
    [kin] = EVERYBODY[206].family
    assert (kin.relation, kin.user_id, kin.guardian) == ("child", EVERYBODY[207].user_id, False)
    elders = EVERYBODY[208], EVERYBODY[209]
    assert [(elder.insured, elder.age(TODAY) >= 60, elder.family) for elder in elders] == [
        (True, True, ()),
        (False, True, ()),
    ]


def test_cards_are_in_order_beside_those_who_are_cast() -> None:
    assert {index for index, each in enumerate(EVERYBODY) if each.card_status != "active"} == {
        200,
        201,
        202,
        203,
    }


def test_nobody_without_a_card_has_its_bank_account_and_no_phone_can_ring() -> None:
    assert [person.user_id for person in EVERYBODY if person.bank and not person.insured] == []
    assert all(len(person.phone) == 11 and person.phone.startswith("154") for person in EVERYBODY)
    assert len({person.phone for person in EVERYBODY}) == len(EVERYBODY)
    known = {person.bank.active for person in EVERYBODY if person.bank}
    assert known == {True, False}
