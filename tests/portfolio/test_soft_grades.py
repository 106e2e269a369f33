"""Improvements that read like nonconformities: the same words as for one client, counted over all."""

import duckdb
import pandas as pd
import pytest

from auditlab.history.grade_review import nonconformity_wording, wording_screen
from auditlab.portfolio.calibration import auditor_calibration
from auditlab.portfolio.inventory import portfolio_mix
from auditlab.portfolio.soft_grades import soft_candidates, soft_grades
from auditlab.statistics.intervals import clopper_pearson

SOFT = "No evidence of approval was found."
PLAIN = "The team could consider a shared calendar."


def small(findings):
    audits = pd.DataFrame({
        "client": ["K1", "K1", "K1", "K2", "K2"], "audit_id": ["A1", "A2", "A3", "B1", "B2"],
        "type": ["surveillance"] * 4 + ["transfer"], "edition": "2018", "auditor_days": 2.0,
        "lead": ["Anna", "Bert", "Anna", "Bert", "Bert"],
        "start": pd.to_datetime(["2022-03-01", "2023-03-01", "2024-03-01", "2024-04-01", "2024-05-01"]),
    })  # fmt: skip
    columns = ["client", "audit_id", "finding_id", "site", "clause", "grade", "statement"]
    clients = pd.DataFrame({"client": ["K1", "K2"], "sector": ["hosting", "retail"], "office": ["Nord", "Sued"]})
    return {"audits": audits, "findings": pd.DataFrame(findings, columns=columns), "clients": clients}


FINDINGS = [
    ("K1", "A1", "F1", "HQ", "8.5.1.3", "minor", "x"),
    ("K1", "A2", "F2", "HQ", "8.5.1.3", "minor", "x"),
    ("K1", "A3", "F3", "HQ", "8.5.1.3", "ofi", PLAIN),
    ("K1", "A3", "F4", "HQ", "9.2", "ofi", SOFT),
    ("K1", "A3", "F5", "HQ", "9.2", "observation", PLAIN),
    ("K2", "B1", "F6", "HQ", "9.2", "ofi", None),
    ("K2", "B1", "F7", "HQ", "9.3", "ofi", "Keine Nachweise; man könnte fragen"),
    ("K2", "B1", "F8", "HQ", "9.3", "strength", SOFT),
    ("K2", "B2", "F9", "HQ", "9.3", "ofi", SOFT),
]


def test_candidates_are_those_of_the_words_and_of_cells_where_nonconformities_came_back(opened):
    found = soft_candidates(opened(**small(FINDINGS))).set_index("finding_id")
    words, softening = "wording reads like a nonconformity", "improvement noted where nonconformities came back before"
    assert found["reason"].to_dict() == {"F3": softening, "F4": words, "F7": words}
    assert found.loc[["F4", "F7"], "matched"].tolist() == ["No evidence", "Keine Nachweise"]
    assert found.loc["F4", ["clause", "sector", "office"]].tolist() == ["9.2", "hosting", "Nord"]


def test_they_are_counted_of_the_improvements_with_a_text_and_with_their_interval(opened):
    table = soft_grades(opened(**small(FINDINGS))).set_index(["counted_by", "value"])
    whole = table.loc[("all", "all")]
    assert whole[["clients", "improvements", "clients_with", "candidates", "by_wording"]].tolist() == [2, 4, 2, 3, 2]
    limit = clopper_pearson(3, n=4)
    assert (whole["low"], whole["high"]) == pytest.approx((limit.low, limit.high))
    assert table.loc[("clause", "9.2"), ["improvements", "candidates"]].tolist() == [2, 1]
    assert table.loc[("office", "Sued"), ["improvements", "candidates"]].tolist() == [1, 1]


def test_auditors_have_the_codes_of_the_calibration(opened):
    store = opened(**small(FINDINGS))
    codes = auditor_calibration(store).auditors.query("measure == 'rate'").set_index("auditor")["audits"]
    table = soft_grades(store).query("counted_by == 'auditor'").set_index("value")["improvements"]
    assert codes.sort_index().to_dict() == {"auditor 1": 2, "auditor 2": 2}
    assert sorted(table) == [1, 3]
    hashed = store.ask("select lead from facts where lead is not null group by lead order by md5(lead)")[
        "lead"
    ].tolist()
    assert table[f"auditor {hashed.index('Anna') + 1}"] == 3


def test_a_transfer_audit_is_marked_and_compared_with_nothing(opened):
    store = opened(**small(FINDINGS))
    assert portfolio_mix(store).query("type == 'transfer'")["audits"].tolist() == [1]
    assert "F9" not in set(soft_candidates(store)["finding_id"])


def test_without_texts_there_is_nothing_to_count(opened):
    store = opened(**small([(*row[:6], None) for row in FINDINGS]))
    assert soft_grades(store).empty
    assert soft_candidates(store).empty


@pytest.mark.parametrize(
    "text",
    [
        SOFT, "Approval is missing", "Records were absent", "The plan lacks owners", "Tests are not documented",
        "The team did not review", "Staff failed to report", "Started without approval", "In breach of policy",
        "Kein Nachweis", "Freigaben fehlen", "nicht durchgeführt", "Aucune preuve", "étape pas documentée",
        "absence d’un plan", "sin aprobación", "no existe registro", "faltan registros", "ausencia de datos",
        "not régulièrement reviewed, not fully tested",
    ],
)  # fmt: skip
def test_the_screen_of_the_engine_lets_every_text_through_that_the_words_find(text):
    assert nonconformity_wording(text)
    assert duckdb.execute("select regexp_matches(?, ?, 'i')", [text, wording_screen()]).fetchone()[0]
