"""A third-party report points out stated text that proposes a solution, sets a date or names an owner."""

import pytest
from reported_engagement import made, small_lab

from auditlab.reporting.stated_guard import stated_warning
from auditlab.settings import Party

GATE = "The client should introduce an approval gate before 2025-09-01; owner Jonas Berg."


def warnings(party):
    elements = made(small_lab(party=party, report={"elements": {"significant_issues": (GATE, "None else.")}})).elements
    own = elements[elements["element"] == "significant_issues"]
    return list(own["origin"]), list(own["text"])


def test_the_sentence_stays_and_what_is_wrong_with_it_follows():
    origins, texts = warnings("third")
    assert origins == ["stated by people", "to be read again", "stated by people"]
    for sign in (
        "proposes a solution ('should')",
        "sets a date ('before 2025-09-01')",
        "names an owner ('owner Jonas Berg')",
    ):
        assert sign in texts[1]


def test_an_internal_audit_may_propose_solutions():
    assert warnings("first")[0] == ["stated by people", "stated by people"]


@pytest.mark.parametrize(
    ("element", "text", "warned"),
    [
        ("significant_issues", "The team recommends to train the desk.", True),
        ("recommendation", "The team recommends certification.", False),
        ("recommendation", "The team recommends certification; the client should buy a tool.", True),
        ("changes", "The desk moved to Brekke on 2024-01-05.", False),
        ("unresolved", "The scope of service S9 is disputed.", False),
    ],
)
def test_only_wording_that_proposes_is_pointed_out(element, text, warned):
    assert bool(stated_warning(element, text, party=Party.THIRD)) is warned
