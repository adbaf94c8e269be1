"""Deeds as chance has them: who does what to what, and what goes wrong meanwhile. The one place of all odds."""

from hypothesis import strategies as st

from tests.memory.calls import Moment
from tests.property import by_bureau, by_citizens, by_families, by_holders, by_readers, by_terminals
from tests.property.by_citizens import OWNERS, Proof
from tests.property.deeds import Crash, Deed, Meanwhile

phones = st.sampled_from([0, 0, 1, 2])
people = st.sampled_from(range(2))
older = st.sampled_from([0, 0, 0, 0, 1, 2])
proofs = st.builds(Proof, st.sampled_from(["fresh", "fresh", "kept", "older"]), st.integers(0, 2))
parties = st.sampled_from(range(3))
words = st.sampled_from(["active", "lost", "locked", "active", "lost", "cancelled"])
purposes = st.sampled_from(["identity", "bind-card", "card", "certificates"])
business_types = st.sampled_from(list(by_terminals.TOLD))

sessions = st.one_of(
    st.builds(by_citizens.LogIn, phones),
    st.builds(by_citizens.Refresh, phones, st.integers(0, 2)),
    st.builds(by_citizens.LogOut, phones, everywhere=st.booleans()),
    st.builds(by_citizens.OldToken, phones, st.integers(0, 3)),
    st.builds(by_citizens.ShowFace, phones, people, purposes),
)
bindings = st.builds(
    lambda phone, foreign, move, proof: by_holders.Bind(
        phone, 1 - OWNERS[phone] if foreign else OWNERS[phone], move, proof
    ),
    st.sampled_from([0, 1, 1, 2]),
    st.sampled_from([False, False, False, True]),
    st.sampled_from([True, True, False]),
    proofs,
)
changes = st.one_of(
    st.builds(by_holders.Suspend, phones, older, st.sampled_from(["lost", "risk"])),
    st.builds(by_holders.Resume, phones, older, proofs),
    st.builds(by_holders.LinkBank, phones, older, st.sampled_from([True, True, False]), proofs),
    st.builds(by_holders.UnlinkBank, phones, older),
    st.builds(by_holders.Unlink, phones, older, proofs),
)
shows = st.builds(by_holders.ShowCode, phones, older)
scans = st.one_of(
    st.builds(by_terminals.Decode, parties, phones, st.just(0), business_types),
    st.builds(by_terminals.Decode, parties, st.none(), older, business_types),
    st.builds(by_terminals.DecodeAgain, older),
    st.builds(by_terminals.Replay, older),
)
offline = st.one_of(
    st.builds(
        by_terminals.Redeem,
        parties,
        phones | st.none(),
        older,
        since_made=st.sampled_from([0, 0, 1, 20, -5, -100, 100, 86400]),
        to_now=st.booleans(),
        amount=st.sampled_from([100, 20_000, 20_001]),
    ),
    st.builds(by_terminals.DecodeAgain, older),
)
readers = st.one_of(
    st.builds(by_readers.NotMe, phones, older),
    st.builds(by_readers.NotMe, phones, older),
    st.builds(by_readers.ReadLog, phones),
)
families = st.one_of(
    st.builds(
        by_families.Grant,
        phones,
        st.sampled_from([1, 1, 1, 0, 2]),
        st.sampled_from(["elder", "spouse", "other"]),
        st.sampled_from([("cards",), ("cards", "appointments"), ("appointments",), ("usage-log",)]),
        st.sampled_from([30, 90, 4000]),
        proofs,
    ),
    st.builds(by_families.Carry, st.sampled_from([None, None, None, 1]), older),
    st.builds(by_families.Carry, st.none(), older),
    st.builds(by_families.ShowFamilyCode, older),
    st.builds(by_families.DecodeFamilyCode, parties, business_types),
    st.builds(by_families.DecodeFamilyCode, parties, business_types),
    st.builds(by_families.Revoke, phones, older),
    st.builds(by_families.Sweep),
)
bureau = st.one_of(
    st.builds(by_bureau.Tell, st.none() | st.builds(by_bureau.Change, people, words), older),
    st.builds(by_bureau.Relay, st.sampled_from([0, 0, 3, 50])),
    st.builds(
        by_bureau.Work, st.sampled_from([True, True, False]), older, st.sampled_from([False, False, True])
    ),
)
deeds: st.SearchStrategy[Deed] = st.one_of(
    sessions, bindings, bindings, changes, changes, shows, scans, offline, readers, families, bureau
)
calls = st.integers(0, 14)
troubles = st.one_of(
    st.none(),
    st.none(),
    st.builds(Crash, calls, st.sampled_from(Moment)),
    st.builds(Meanwhile, calls, deeds),
)
pairs = st.lists(st.tuples(deeds, calls, deeds), min_size=1, max_size=8)
"""Each with the call of the first before which the second is done."""
