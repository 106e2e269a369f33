"""Candidates for a repeat: the gate, the score, and the decision that belongs to a person."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlab import history
from auditlab.errors import EngagementError
from auditlab.history.same_issue import LEAST_LIKENESS, decided_issue
from auditlab.settings import read_settings
from auditlab.tables import as_canonical

AUDITS = as_canonical(
    "audits",
    pd.DataFrame(
        {
            "audit_id": [f"AU-{number}" for number in range(1, 7)],
            "type": "surveillance",
            "start": pd.to_datetime([f"{year}-06-01" for year in range(2017, 2023)]),
        }
    ),
)


def register(*rows):
    """Rows of (finding, audit, site, clause, statement) and optionally grade and service."""
    full = [(*row, *(["minor", None][len(row) - 5 :])) for row in rows]
    columns = ["finding_id", "audit_id", "site", "clause", "statement", "grade", "service"]
    return as_canonical("findings", pd.DataFrame(full, columns=columns))


def candidates(*rows, **options):
    return history.same_issue_candidates(register(*rows), AUDITS, **options)


BACKUP = "Backup of the mail server was not tested"


def test_the_score_adds_what_clause_and_site_share_to_the_likeness_of_the_texts():
    found = candidates(
        ("F1", "AU-1", "A", "8.5.1.3", BACKUP),
        ("F2", "AU-2", "A", "8.5.1.2", BACKUP),
    ).iloc[0]
    assert (found["finding_id"], found["candidate"]) == ("F2", "F1")
    assert found["likeness"] == pytest.approx(1.0)
    # 8.5.1.3 and 8.5.1.2 are compared at 8.5.1: the same clause, and no second bonus for its parent.
    assert found["score"] == pytest.approx(1 + 0.30 + 0.10)
    assert (found["same_clause"], found["same_parent"], found["same_site"]) == (True, False, True)


def test_a_sibling_clause_at_another_site_comes_in_by_its_text_alone():
    found = candidates(("F1", "AU-1", "A", "8.5.1", BACKUP), ("F2", "AU-2", "B", "8.5.2", BACKUP)).iloc[0]
    assert (found["gate"], found["score"]) == ("text", pytest.approx(1.15))


def test_the_clause_gate_closes_after_three_audits_and_at_another_site():
    unlike = "Zzz qqq"
    near = candidates(("F1", "AU-1", "A", "9.2", BACKUP), ("F2", "AU-4", "A", "9.2", unlike))
    assert near["gate"].tolist() == ["clause"]
    assert candidates(("F1", "AU-1", "A", "9.2", BACKUP), ("F2", "AU-5", "A", "9.2", unlike)).empty
    assert candidates(("F1", "AU-1", "A", "9.2", BACKUP), ("F2", "AU-2", "B", "9.2", unlike)).empty
    service = candidates(
        ("F1", "AU-1", "A", "9.2", BACKUP, "minor", "S1"), ("F2", "AU-2", "B", "9.2", unlike, "minor", "S1")
    )
    assert service["gate"].tolist() == ["clause"]


def test_only_the_likeliest_are_shown_and_earlier_improvements_are_no_candidates():
    rows = [(f"F{number}", "AU-1", "A", f"8.5.{number}", BACKUP + " x" * number) for number in range(1, 4)]
    rows += [("F4", "AU-2", "A", "9.1", BACKUP), ("F5", "AU-1", "A", "9.1", BACKUP, "ofi")]
    found = candidates(*rows, top=2)
    assert found["finding_id"].unique().tolist() == ["F4"]
    assert found["place"].tolist() == [1, 2]
    assert found["score"].is_monotonic_decreasing
    later = candidates(("F1", "AU-1", "A", "9.1", BACKUP), ("F2", "AU-2", "A", "9.1", BACKUP, "ofi"))
    assert later["grade"].tolist() == ["ofi"]


def test_findings_of_one_audit_or_of_an_undated_one_are_never_compared():
    assert candidates(("F1", "AU-1", "A", "9.2", BACKUP), ("F2", "AU-1", "A", "9.2", BACKUP)).empty
    assert candidates(("F1", "AU-9", "A", "9.2", BACKUP), ("F2", "AU-2", "A", "9.2", BACKUP)).empty


def test_statements_without_a_word_leave_clause_and_site():
    found = candidates(("F1", "AU-1", "A", "9.2", ""), ("F2", "AU-2", "A", "9.2", " ")).iloc[0]
    assert (found["likeness"], found["score"]) == (0.0, pytest.approx(0.40))


def test_a_decision_is_shown_whatever_the_place_of_the_pair():
    rows = [("F1", "AU-1", "A", "4.1", "Zzz qqq"), ("F2", "AU-6", "B", "9.2", BACKUP)]
    found = candidates(*rows, decisions={"F2 + F1": "no"}).iloc[0]
    assert (found["gate"], found["decision"]) == ("decided", "no")
    assert found["setting"] == '"F1 + F2" = "yes"'


def test_the_register_of_both_editions_is_compared_at_the_2018_clause(golden):
    found = history.same_issue_candidates(golden.findings, golden.audits)
    first = found[found["place"] == 1].set_index("finding_id")["candidate"]
    # PF-01: the change approvals; PF-13: the carrier, cited as 7.2 of the edition of 2011.
    assert (first["F015"], first["F042"], first["F050"], first["F052"]) == ("F001", "F005", "F002", "F007")
    assert found["place"].max() == 3
    assert ((found["likeness"] >= LEAST_LIKENESS) | (found["gate"] != "text")).all()


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(6)))
def test_the_order_of_the_rows_changes_nothing(order):
    rows = [
        (f"F{number}", f"AU-{number + 1}", "AB"[number % 2], ["9.2", "8.5.1"][number % 2], BACKUP[: 12 + number])
        for number in range(6)
    ]
    pd.testing.assert_frame_equal(candidates(*rows), candidates(*(rows[place] for place in order)))


CHAIN = ("F1", "F2", "F3")


@pytest.mark.parametrize(
    ("decisions", "answer"),
    [
        ({}, "confirm"),
        ({"F1 + F2": "yes"}, "confirm"),
        ({"F1 + F2": "yes", "F3 + F2": "yes"}, "yes"),
        ({"F1 + F2": "yes", "F1 + F3": "yes"}, "yes"),
        ({"F1 + F2": "yes", "F2 + F3": "no"}, "no"),
        ({"F1 + F2": "no"}, "confirm"),
        ({"F8 + F9": "yes"}, "confirm"),
    ],
)
def test_a_chain_is_one_issue_when_the_decisions_join_all_of_it(decisions, answer):
    assert decided_issue(CHAIN, decisions)[0] == answer


def test_a_decided_chain_says_who_decided_and_what(golden):
    decisions = {"F001 + F015": "yes", "F015 + F039": "yes"}
    chains = history.recurrence_chains(golden.findings, golden.examined, audits=golden.audits, decisions=decisions)
    chain = chains[(chains["view"] == "site") & (chains["clause"] == "8.5.1")].iloc[0]
    assert chain["same_issue"] == "yes"
    assert chain["note"].endswith(
        "decided by a person: F001 and F015 are the same issue, F015 and F039 are the same issue"
    )
    others = chains[chains["recurrent"] & (chains["clause"] != "8.5.1")]
    assert set(others["same_issue"]) == {"confirm"}


def test_decisions_stand_in_the_settings_and_a_wrong_one_is_named(tmp_path):
    def written(line):
        (tmp_path / "auditlab.toml").write_text(f"as_of = 2024-03-31\n[same_issue]\n{line}\n", encoding="utf-8")
        return read_settings(tmp_path)

    assert written('"F1 + F2" = "yes"').same_issue == {"F1 + F2": "yes"}
    with pytest.raises(EngagementError, match=r"same_issue\.F1 \+ F2' is 'perhaps'"):
        written('"F1 + F2" = "perhaps"')
    with pytest.raises(EngagementError, match="same_issue"):
        written('"F1 F2" = "yes"')


def test_findings_that_cite_several_clauses_are_of_the_same_clause_by_any_of_them():
    rows = register(("F1", "AU-1", "A", "9.2", "Zzz"), ("F2", "AU-2", "A", "9.3", "Qqq"))
    rows["clauses"] = pd.Series([None, "9.3 9.2"], dtype="str")
    found = history.same_issue_candidates(rows, AUDITS).iloc[0]
    assert (found["same_clause"], found["same_parent"], found["gate"]) == (True, False, "clause")


def test_the_newest_findings_come_first_and_show_what_they_were_graded():
    rows = [
        ("F1", "AU-1", "A", "9.2", BACKUP),
        ("F2", "AU-2", "A", "9.2", BACKUP),
        ("F3", "AU-3", "A", "9.2", BACKUP, "ofi", None),
    ]
    found = candidates(*rows)
    assert found["finding_id"].tolist() == ["F3", "F3", "F2"]
    assert found[["grade", "candidate_grade"]].iloc[0].tolist() == ["ofi", "minor"]


def test_the_line_for_the_settings_can_be_pasted_below_its_header(tmp_path):
    rows = [("F1", "AU-1", "A", "9.2", BACKUP), ('F 2"x', "AU-2", "A", "9.2", BACKUP)]
    line = candidates(*rows)["setting"].iloc[0]
    (tmp_path / "auditlab.toml").write_text(f"as_of = 2024-03-31\n[same_issue]\n{line}\n", encoding="utf-8")
    assert read_settings(tmp_path).same_issue == {'F1 + F 2"x': "yes"}


def test_decisions_about_findings_that_are_not_there_are_named():
    rows = register(("F1", "AU-1", "A", "9.2", BACKUP), ("F2", "AU-2", "A", "9.2", BACKUP))
    assert history.unknown_decisions(rows, {"F1 + F2": "yes", "F9 + F2": "no"}) == ["F9"]


def test_what_is_decided_is_not_asked_again(golden):
    decided = {"F001 + F015": "yes", "F015 + F039": "no"}
    chains = history.recurrence_chains(golden.findings, golden.examined, audits=golden.audits, decisions=decided)
    chain = chains[(chains["view"] == "site") & (chains["clause"] == "8.5.1") & (chains["site"] == "B")].iloc[0]
    assert chain["same_issue"] == "no"
    assert "a person confirms" not in chain["note"]
    assert "decided by a person" in chain["note"]


def test_an_improvement_that_repeats_a_nonconformity_is_read_again_by_words_or_by_decision():
    rows = [("F1", "AU-1", "A", "9.2", BACKUP), ("F2", "AU-2", "A", "9.2", BACKUP, "ofi", None)]
    findings = register(*rows)
    examined = history.examinations(as_canonical("coverage", pd.DataFrame()), AUDITS)
    chains = history.recurrence_chains(findings, examined, audits=AUDITS)

    def listed(**options):
        return history.grade_review(findings, chains, candidates(*rows, **options))["matched"].tolist()

    assert history.grade_review(findings, chains).loc[lambda row: row["matched"] == "F1"].empty
    assert "F1" in listed()
    assert "F1" not in listed(decisions={"F1 + F2": "no"})
    unlike = [rows[0], ("F2", "AU-2", "B", "8.7", "Zzz qqq", "ofi", None)]
    said_yes = history.same_issue_candidates(register(*unlike), AUDITS, decisions={"F1 + F2": "yes"})
    assert history.grade_review(register(*unlike), chains, said_yes)["matched"].tolist() == ["F1"]
