"""What cannot be read or cannot be: told beside the numbers, never in them."""

import datetime as dt

import pandas as pd
import pytest

from auditlab.intake import open_engagement
from auditlab.portfolio.certificate_risk import certificate_risk
from auditlab.portfolio.headlines import portfolio_headlines
from auditlab.portfolio.inventory import contradictions
from auditlab.portfolio.opening import open_portfolio
from auditlab.portfolio.programme import programme_facts

DAY = dt.date(2025, 3, 31)
AUDITS = "Audit no,Client,Visit,From,To,Standard,Sites visited,MD,Lead auditor\n"


@pytest.fixture
def folder(tmp_path):
    """A client with one audit of minus three days and a certificate that ended before it began."""
    (tmp_path / "K1").mkdir()
    (tmp_path / "K1" / "Audits.csv").write_text(
        f"{AUDITS}K1-1,K1,surveillance,2024-03-01,2024-03-02,2018,HQ,-3,X\n"
        "K1-2,K1,surveillance,2024-09-01,2024-09-02,2018,HQ,4,X\n"
    )
    (tmp_path / "K1" / "Certificate.csv").write_text(
        "Certificate no,Standard,Decision,Valid until\nC1,2018,2022-09-20,2019-01-01\n"
    )
    return tmp_path


def test_impossible_values_are_told_and_in_no_sum(folder):
    held = open_portfolio(folder, as_of=DAY)
    review = held.review()
    told = review.contradictions.set_index("field")
    assert told.loc["auditor_days", ["record", "found"]].tolist() == ["K1-1", "-3"]
    assert told.loc["expiry", ["record", "found"]].tolist() == ["C1", "2019-01-01"]
    assert held.sources["discrepancies"].tolist() == [2]
    client = review.client_inventory.iloc[0]
    assert client["auditor_days"] == 4
    assert "1 of 2 audits without auditor-days" in client["gaps"]
    assert "recertification_before_expiry" not in set(review.programme_breaches["rule"])
    assert review.certificate_risk["threats"].tolist() == ["its end is not known"]


def test_the_same_holds_for_parquet(opened):
    audits = pd.DataFrame({
        "client": "K", "audit_id": ["A1", "A2"], "type": "surveillance", "start": pd.to_datetime(["2024-01-10"] * 2),
        "auditor_days": [-3.0, 4.0],
    })  # fmt: skip
    certificate = pd.DataFrame({
        "client": ["K"], "certificate_id": ["C1"], "decision_date": pd.to_datetime(["2022-09-20"]),
        "expiry": pd.to_datetime(["2019-01-01"]),
    })  # fmt: skip
    store = opened(audits=audits, certificates=certificate)
    assert store.ask("select cast(sum(days) as double) as days from facts")["days"].tolist() == [4.0]
    assert contradictions(store)[["record", "found"]].to_numpy().tolist() == [["A1", "-3.0"], ["C1", "2019-01-01"]]
    assert certificate_risk(store)["threats"].tolist() == ["its end is not known"]


def test_an_audit_that_could_not_be_read_is_named_beside_the_breach_it_may_explain(folder):
    with (folder / "K1" / "Audits.csv").open("a") as file:
        file.write("K1-3,K1,surveillance,someday,,2018,HQ,4,X\n")
    review = open_portfolio(folder, as_of=DAY).review()
    rows = review.rows_read.set_index("table").loc["audits"]
    assert rows[["seen", "loaded", "rejected", "used"]].tolist() == [3, 2, 1, 2]
    missing = review.programme_breaches.query("rule == 'surveillance_each_year'")
    assert missing["note"].str.endswith("but 1 row of audits in the same files could not be read").tolist() == [True]


def test_findings_of_an_audit_whose_row_waits_are_told_apart_from_those_of_none(folder):
    with (folder / "K1" / "Audits.csv").open("a") as file:
        file.write("K1-3,K1,Feasibility,2024-11-01,,2018,HQ,4,X\n")
    rows = ["F1,K1-1", "F2,K1-3", "F3,K1-3", "F4,K1-9"]
    lines = [f"{row},HQ,8.{place}.1,2018,minor,text" for place, row in enumerate(rows, start=2)]
    (folder / "K1" / "Findings.csv").write_text(
        "NCR no,Audit no,Site,Clause,Edition,Grade,Statement\n" + "\n".join(lines) + "\n"
    )
    review = open_portfolio(folder, as_of=DAY).review()
    client = review.client_inventory.iloc[0]
    assert client["findings_without_audit"] == 3
    said = "2 findings of an audit whose row could not be read; 1 finding of an audit that is not listed"
    assert client["gaps"].endswith(said)
    assert review.dossiers.facts["sentence"].str.contains(said).sum() == 1


def test_a_name_in_another_spelling_is_the_client_of_the_list_in_a_register_as_in_a_folder(tmp_path):
    rows = ["A1,Acme GmbH", "A2,ACME Gmbh.", "A3,Acme Softwere"]
    lines = [f"{row},surveillance,202{place + 2}-03-01,,2018,HQ,2,X" for place, row in enumerate(rows)]
    (tmp_path / "Audits.csv").write_text(AUDITS + "\n".join(lines) + "\n")
    (tmp_path / "Clients.csv").write_text("Client code,Client name\nK1,Acme GmbH\nK2,Acme Software\n")
    held = open_portfolio(tmp_path, as_of=DAY)
    assert held.review().client_inventory.set_index("client")["audits"].to_dict() == {"K1": 2, "K2": 0}
    assert held.sources["open_questions"].tolist() == [1]
    assert held.review().questions[["row", "field"]].to_numpy().tolist() == [[4, "client"]]


def test_a_client_whose_files_cannot_be_read_is_not_said_to_have_no_audit(folder):
    (folder / "K2").mkdir()
    (folder / "K2" / "Audits.csv").write_bytes(b"")
    (folder / "Clients.csv").write_text("Client code,Client name\nK1,First\nK2,Second\nK3,Third\n")
    review = open_portfolio(folder, as_of=DAY).review()
    gaps = review.client_inventory.set_index("client")["gaps"]
    assert gaps["K2"] == "its files could not be read"
    assert gaps["K3"].startswith("no audit")
    said = review.dossiers.facts.groupby("client")["sentence"].agg(list)
    assert said["K2"] == [
        "Nothing is known of it: its files could not be read. The list of sources on the page of the portfolio says why."
    ]
    headline = portfolio_headlines(review)["sentence"]
    assert headline.str.contains("3 clients, 1 of them with 2 audits; the files of 1 client could not be read").any()
    assert headline.str.contains("Not settled: 2 impossible values counted as unknown").any()


def test_the_question_for_a_client_proposes_none_with_another_number_and_names_the_known(tmp_path):
    (tmp_path / "Audits.csv").write_text(f"{AUDITS}A1,Pois 12 Werk,surveillance,2024-03-01,,2018,HQ,2,X\n")
    (tmp_path / "Clients.csv").write_text("Client code,Client name\nP01,Pois 1 AG\nP12,Pois 12 Werke AG\n")
    question = open_engagement(tmp_path, as_of=DAY, name="register").questions.iloc[0]
    assert "P01 (Pois 1 AG), P12 (Pois 12 Werke AG)" in question["asks"]
    assert question["proposal"] == "P12"


def test_where_a_question_waits_is_told_by_its_place(tmp_path):
    audits = f"{AUDITS}A1,K1,surveillance,2024-03-05,2024-03-01,2018,HQ,2,X\n"
    (tmp_path / "Audits.csv").write_text(audits)
    asked = open_portfolio(tmp_path, as_of=DAY).review().questions
    assert asked[["file", "row", "field"]].to_numpy().tolist() == [["Audits.csv", 2, "end"]]


def test_programme_facts_have_no_row_for_an_unknown_end(folder):
    files = open_portfolio(folder, as_of=DAY).files
    from auditlab.portfolio.settings import PortfolioSettings
    from auditlab.portfolio.store import open_store

    with open_store(files, settings=PortfolioSettings(name="x", as_of=DAY)) as store:
        assert "recertification_before_expiry" not in set(programme_facts(store)["rule"])


def test_more_days_than_a_team_has_are_unknown_in_a_register_as_in_parquet(tmp_path, opened):
    rows = [
        "A1,K1,surveillance,2024-03-01,2024-03-02,2018,HQ,400,X",
        "A2,K1,surveillance,2023-03-01,2023-03-02,2018,HQ,40,X",
    ]
    (tmp_path / "register").mkdir()
    (tmp_path / "register" / "Audits.csv").write_text(AUDITS + "\n".join(rows) + "\n")
    review = open_portfolio(tmp_path / "register", as_of=DAY).review()
    told = review.contradictions.set_index("record")
    assert told.loc["A1", ["field", "found", "expected"]].tolist() == [
        "auditor_days", "400", "at most 40 (2 days with 20 auditors)",
    ]  # fmt: skip
    assert review.client_inventory["auditor_days"].tolist() == [40.0]
    days = pd.to_datetime(["2024-03-01", "2023-03-01"])
    audits = pd.DataFrame({
        "client": "K1", "audit_id": ["A1", "A2"], "type": "surveillance", "start": days, "edition": "2018",
        "end": days + pd.Timedelta(days=1), "auditor_days": [400.0, 40.0],
    })  # fmt: skip
    store = opened(audits=audits)
    assert store.ask("select cast(sum(days) as double) as days from facts")["days"].tolist() == [40.0]
    assert contradictions(store)[["record", "found", "expected"]].to_numpy().tolist() == [["A1", "400.0", "at most 40"]]
