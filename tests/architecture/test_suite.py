"""The suite itself: tests that share a stack run one after the other, in one process.

pytest 9.2 does not let pytest-xdist 3.8 name groups, and says nothing: every worker brought up stacks of its own.
"""

import pytest


@pytest.mark.xdist_group("together")
def test_what_belongs_to_a_group_says_so_to_whoever_shares_the_tests_out(
    request: pytest.FixtureRequest,
) -> None:
    if not request.config.getoption("loadgroup", default=False):
        pytest.skip("this run shares nothing out by groups")
    assert request.node.nodeid.endswith("@together")
