"""A third-party report points out stated text that proposes a solution, sets a date or names an owner."""

import pytest
from reported_engagement import made, small_lab

from auditlab import reporting
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


PLACES = {
    "deviations": (GATE, "8.4.1 at A: the owner should be replaced.", "The visit began late."),
    "not_covered": {"8.4.2 at A": "left to the client, due by 2025-09-01", "site B": "flooded"},
    "unresolved": ("The desk ought to move.", "The scope of S9 is disputed."),
}


def notes(party):
    """What stands behind each stated sentence, in every table that holds it."""
    lab = small_lab(party=party, report=PLACES)
    report = made(lab, ("A", "8.4.1", "priority", 60, 0.5))
    carried = reporting.follow_up_story(lab, report, ()).carried
    own = report.deviations
    missed = report.not_covered.set_index(["site", "clause"])["reason"]
    unresolved = carried[carried["kind"] == "unresolved"].set_index("what")["why"]
    return {
        **own[own["kind"] == "stated"].set_index("what")["reason"],
        "deviation": own.loc[own["kind"] == "not examined", "reason"].item(),
        "clause": missed["A", "8.4"] if ("A", "8.4") in missed else missed["A", "8.4.2"], "site": missed["B", "all"],
        **unresolved,
    }  # fmt: skip


def test_a_stated_sentence_is_marked_in_every_table_that_holds_it():
    found = notes("third")
    assert found[GATE] == (
        "as stated; to be read again: it proposes a solution ('should'), sets a date ('before 2025-09-01'), "
        "names an owner ('owner Jonas Berg')"
    )
    assert found["The visit began late."] == "as stated"
    assert found["deviation"].startswith("the owner should be replaced.; to be read again: it proposes a solution")
    assert (
        found["clause"]
        == "left to the client, due by 2025-09-01; to be read again: it sets a date ('due by 2025-09-01')"
    )
    assert found["site"] == "flooded"
    assert found["The desk ought to move."] == "as stated; to be read again: it proposes a solution ('ought to')"
    assert found["The scope of S9 is disputed."] == "as stated"


def test_an_internal_audit_marks_no_sentence_in_its_tables():
    assert not any("read again" in note for note in notes("first").values())


def test_an_owner_is_a_name_and_an_absence_is_none():
    warn = lambda text: stated_warning("significant_issues", text, party=Party.THIRD)  # noqa: E731
    assert warn("Not visited: owner absent.") == ""
    assert "names an owner" in warn("Owner: the service desk.")
    assert "names an owner" in warn("It is assigned to Jonas Berg.")
