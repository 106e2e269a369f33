"""Every clause has a question, a method that is no paper, and somebody to ask; a plan without an element is refused."""

import pandas as pd
import pytest

from auditlab.errors import ArgumentError
from auditlab.planning.checklists import checklist, trace_cards
from auditlab.planning.contingency import contingency_register
from auditlab.planning.elements import REQUIRED, elements_table, plan_elements
from auditlab.planning.interviews import document_requests, interview_plan
from auditlab.planning.knowledge import (
    Lens,
    Level,
    expected_documents,
    level_of,
    methods_for,
    questions_for,
    roles_of,
)
from auditlab.standard.clauses import auditable_leaves

LEAVES = auditable_leaves()


@pytest.mark.parametrize("leaf", LEAVES)
def test_every_leaf_can_be_asked_about_in_three_lenses_and_not_by_paper_alone(leaf):
    assert set(questions_for(leaf)) == set(Lens)
    assert set(methods_for(leaf)) - {"document review"}
    assert roles_of(leaf)


def test_questions_are_open_or_ask_to_be_shown():
    """Nothing that can be answered by yes."""
    closed = ("Do ", "Does ", "Is ", "Are ", "Have ", "Has ", "Did ", "Can ")
    assert not [text for leaf in LEAVES for text in questions_for(leaf).values() if text.startswith(closed)]


def test_the_nearest_clause_above_answers():
    assert "approval" in questions_for("8.5.2")[Lens.CONSISTENCY]
    assert "urgent" in questions_for("8.5.1.3")[Lens.CONSISTENCY]
    assert methods_for("8.5.1.2")[0] == "record sample"


@pytest.mark.parametrize(
    ("role", "level"),
    [
        ("Top management", Level.TOP), ("SMS manager", Level.OWNERS), ("Service desk lead", Level.OWNERS),
        ("Engineers", Level.OPERATIONS), ("Sample of staff at each site and shift", Level.OPERATIONS),
    ],
)  # fmt: skip
def test_roles_stand_on_three_levels(role, level):
    assert level_of(role) == level


def sessions(rows):
    return pd.DataFrame(rows, columns=["site", "clause", "interviewee", "minutes", "day"]).assign(kind="examination")


def test_interviews_cover_levels_and_open_top_management_with_objectives():
    held = sessions([("A", "9.3", "Top management", 30, 1), ("A", "8.5.1", "Change manager", 60, 2)])
    table = interview_plan(held)
    assert set(table["level"]) == {str(level) for level in Level}
    assert table.loc[table["level"] == Level.TOP, "lens"].tolist() == ["objective"]
    joining = table[table["level"] == Level.OPERATIONS]
    assert joining["role"].tolist() == ["CAB members", "Implementers at each site", "Requesters"]
    assert joining["minutes"].sum() == 0
    assert table["minutes"].sum() == 90


def test_the_days_of_an_interview_stand_in_their_order():
    held = sessions([("A", "8.5.1", "Change manager", 60, day) for day in (10, 2, 1)])
    table = interview_plan(held)
    assert table.loc[table["role"] == "Change manager", "days"].tolist() == ["1, 2, 10"]


def test_documents_past_their_review_come_first_with_their_age():
    documents = pd.DataFrame(
        {
            "document": ["D1", "D2"], "version": "1", "clause": ["8.5.1", None], "owner": "x",
            "reviewed": pd.to_datetime(["2024-01-01", "2022-01-01"]),
            "review_due": pd.to_datetime(["2025-01-01", "2023-03-31"]),
        }
    )  # fmt: skip
    planned = pd.DataFrame({"clause": ["8.5.1.1", "8.5.1.3", "8.6.1"], "minutes": [10, 20, 40]})
    asked = document_requests(documents, planned, as_of=pd.Timestamp("2024-03-31"))
    assert asked["document"].iloc[[0, -1]].tolist() == ["D2", "D1"]
    assert asked["days_past"].tolist()[0] == 366
    known = asked[asked["standing"] == "listed"]
    assert known["days_past"].isna().tolist() == [False, True]
    assert known["age_days"].tolist() == [820, 90]
    assert known["minutes"].tolist() == [0, 30]


def test_documented_information_that_no_listed_paper_stands_for_is_asked_for():
    documents = pd.DataFrame(
        {
            "document": ["Change policy", "OLAs", "Manual"], "version": "1", "clause": ["8.5.1", "8.3.4.2", "8"],
            "owner": "x", "reviewed": pd.NaT, "review_due": pd.NaT,
        }
    ).astype({"reviewed": "datetime64[ns]", "review_due": "datetime64[ns]"})  # fmt: skip
    planned = pd.DataFrame({"clause": ["8.3.4.1", "8.7.2"], "minutes": [20, 15]})
    asked = document_requests(documents, planned, as_of=pd.Timestamp("2024-03-31")).set_index("clause")
    absent = asked[asked["standing"] == "not handed over"]
    assert {"4.3", "5.2.1", "6.3", "8.2.4", "8.3.3", "8.3.4.1", "8.7.2", "8.7.3.1", "9.3"} <= set(absent.index)
    assert not {"8.5.1.1", "8.3.4.2"} & set(absent.index)
    assert absent.loc[["8.3.4.1", "8.7.2", "4.3"], "minutes"].tolist() == [20, 15, 0]
    assert absent["age_days"].isna().all()


def test_expected_documents_name_auditable_clauses_once():
    expected = expected_documents()["clause"].tolist()
    assert set(expected) <= set(auditable_leaves())
    assert len(set(expected)) == len(expected)


def test_without_a_list_every_expected_document_is_asked_for():
    none = no_documents()
    planned = pd.DataFrame({"clause": ["9.3"], "minutes": [20]})
    asked = document_requests(none, planned, as_of=pd.Timestamp("2024-03-31"))
    assert asked["clause"].tolist() == expected_documents()["clause"].tolist()
    assert set(asked["standing"]) == {"not handed over"}


def no_documents():
    columns = dict.fromkeys(("document", "version", "clause", "owner"), "str")
    columns |= dict.fromkeys(("reviewed", "review_due"), "datetime64[ns]")
    return pd.DataFrame(columns=list(columns)).astype(columns)


def test_a_checklist_names_the_facts_and_marks_what_nobody_examined():
    planned = pd.DataFrame(
        {"site": "A", "clause": ["8.6.1", "8.4.1"], "key": ["8.6.1", "8.4.1"], "minutes": [30, 15], "rank": [1, 60],
         "unknown": [False, True]}
    )  # fmt: skip
    ranked = pd.DataFrame(
        {"site": "A", "clause": ["8.6.1", "8.4.1"], "reason": ["3 of 4", "0 of 1"], "mandatory": ["follow up F1", ""]}
    )
    follow_up = pd.DataFrame({"site": ["A"], "clause": ["8.6.1"], "finding_id": ["F1"], "statement": ["=late"]})
    table = checklist(planned, ranked, follow_up)
    assert table["lens"].tolist() == ["objective", "customer", "consistency", "consistency"]
    assert table["facts"].iloc[0] == "3 of 4; follow up F1; F1: =late"
    assert table["mark"].tolist() == ["", "", "", "not examined in this cycle"]
    assert table["evidence"].ne("").all()


def test_trace_cards_follow_one_record_of_each_kind_for_key_services_only():
    services = pd.DataFrame({"service": ["S1", "S2"], "criticality": ["critical", "low"]})
    incidents = pd.DataFrame({"incident_id": [f"I{n}" for n in range(9)], "service": "S1", "site": "A"})
    records = {"incidents": incidents, "changes": pd.DataFrame({"change_id": [], "service": [], "site": []})}
    cards = trace_cards(records, services, seed=3)
    assert len(set(cards["record"])) == 1
    assert set(cards["service"]) == {"S1"}
    assert cards["step"].tolist() == [1, 2, 3, 4]
    pd.testing.assert_frame_equal(cards, trace_cards(records | {"incidents": incidents.iloc[::-1]}, services, seed=3))


def test_poor_data_have_a_fallback_and_the_reserve_is_visible():
    others = pd.DataFrame({"kind": ["opening", "contingency"], "site": ["", "A"], "minutes": [30, 45]})
    quality = pd.DataFrame(
        {
            "table": ["changes", "incidents", "outages", "clients"], "rows": [10, None, 10, None],
            "complete_k": [80, None, 95, None], "complete_n": [100, None, 100, None],
            "correct_k": [10, None, 10, None], "correct_n": [10, None, 10, None],
        }
    )  # fmt: skip
    register = contingency_register(others, quality)
    poor = register[register["kind"] == "data"]
    assert poor["trigger"].tolist() == [
        "The table 'changes' is incomplete (80.0 of 100.0 cells filled)", "The table 'incidents' is not handed over"
    ]  # fmt: skip
    assert poor["clauses"].tolist() == ["8.5.1", "8.6.1"]
    assert register.loc[register["kind"] == "reserve", "reserve_minutes"].tolist() == [45]
    assert register["fallback"].ne("").all()


FULL = dict.fromkeys(REQUIRED, ("said",))


def test_a_plan_with_every_element_stands_in_order():
    table = elements_table(plan_elements(FULL))
    assert table["element"].tolist() == list(REQUIRED)


@pytest.mark.parametrize("name", list(REQUIRED))
def test_a_plan_with_one_element_removed_is_refused_with_its_name(name):
    """ISO 19011, 6.3.2.2"""
    with pytest.raises(ArgumentError, match=rf"The audit plan lacks: {name} \("):
        plan_elements({key: lines for key, lines in FULL.items() if key != name})
    with pytest.raises(ArgumentError, match=f"lacks: {name}"):
        plan_elements(FULL | {name: (" ",)})


def test_an_element_nobody_knows_is_refused():
    with pytest.raises(ArgumentError, match="'weather' is no element of an audit plan"):
        plan_elements(FULL | {"weather": ("fine",)})
