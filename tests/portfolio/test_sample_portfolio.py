"""The planted facts of the sample portfolio, read from a review of its files."""

import dataclasses

import pandas as pd
import pytest

from auditlab.portfolio import empty_reasons, portfolio_headlines
from auditlab.portfolio.comparison import client_rates, exposure_by_stratum, next_period


def row(frame, client):
    return frame.set_index("client").loc[client]


def test_only_k09_is_flagged(sample_review):
    rates = sample_review.client_rates
    assert list(rates.loc[rates["flagged"], "client"]) == ["K09"]
    assert rates["nonconformities"].sum() == 89
    assert rates["auditor_days"].sum() == 42.0


@pytest.mark.parametrize(("client", "rate", "p"), [("K09", 5.0, 0.0031), ("K04", 6.0, 0.040), ("K10", 0.0, 0.079)])
def test_rates_and_p_values_come_through_files_and_engine(sample_review, client, rate, p):
    found = row(sample_review.client_rates, client)
    assert found["rate"] == pytest.approx(rate)
    assert found["p"] == pytest.approx(p, abs=0.0005)


def test_extremes_go_back_and_k09_stays(sample_review):
    after = sample_review.next_period.set_index("client")["next_rate"]
    assert after["K04"] == pytest.approx(2.0)
    assert after["K10"] == pytest.approx(2.0)
    assert after["K09"] == pytest.approx(14 / 3)
    errors = sample_review.forecast_errors.set_index("forecast")["error"]
    assert errors["rate"] / errors["shrunken"] == pytest.approx(5, abs=0.5)


def test_nobody_lies_outside_the_widened_funnel_but_k09(sample_review):
    funnel = sample_review.funnel
    assert set(funnel.loc[funnel["outside"], "client"]) <= {"K09"}
    assert (funnel["adjusted_high_998"] > funnel["adjusted_high_95"]).all()


def test_the_three_breaches_of_the_programme(sample_review):
    found = sample_review.programme_breaches.set_index("rule")
    assert sorted(found.index) == ["central_function", "first_surveillance", "recertification_before_expiry"]
    assert found.loc["first_surveillance", ["client", "days"]].tolist() == ["K05", 12]
    assert found.loc["central_function", ["client", "subject"]].tolist() == ["K12", "K12-2024"]
    assert found.loc["recertification_before_expiry", ["client", "days"]].tolist() == ["K11", 39]


def test_the_action_overdue_by_548_days_comes_first(sample_review):
    first = sample_review.overdue_actions.iloc[0]
    assert (first["client"], first["days_overdue"]) == ("K03", 548)
    assert row(sample_review.certificate_risk, "K03")["most_days_overdue"] == 548
    assert sample_review.certificate_risk.iloc[0][["client", "days_left"]].tolist() == ["K11", -39]


def test_the_cap_binds_where_the_sum_exceeds_it(sample_review):
    capped = sample_review.audit_time[sample_review.audit_time["capped"].fillna(False)]
    assert set(capped["client"]) == {"K02", "K08"}
    assert capped["reductions"].max() == pytest.approx(0.42)
    whole = sample_review.audit_time_summary.set_index("office").loc["all"]
    assert (whole["capped"], whole["audits"]) == (4, 8)


def test_one_client_under_two_names_is_one(sample_review):
    found = sample_review.client_identity.set_index("written")
    assert found.loc["Kestrel Benelux", ["client", "how"]].tolist() == ["K07", "answer"]
    assert len(sample_review.client_inventory) == 12


def test_auditors_with_clients_of_their_own_are_not_compared(sample_review):
    assert not sample_review.auditor_calibration["identifiable"].any()
    assert sample_review.calibration_measures["note"].str.startswith("refused").all()
    shown = sample_review.auditor_calibration.astype("str").to_csv()
    assert not any(name in shown for name in ("Adler", "Bakker", "Celik", "Dahl"))


def test_no_cell_of_the_benchmark_is_about_fewer_than_five_clients(sample_review):
    shown = sample_review.benchmark[~sample_review.benchmark["suppressed"]]
    assert (shown["clients"] >= 5).all()
    assert sample_review.benchmark.loc[sample_review.benchmark["suppressed"], "rate"].isna().all()


def test_every_row_of_every_table_is_accounted_for(sample_review):
    rows = sample_review.rows_read
    assert {"coverage", "clients", "findings"} <= set(rows["table"])
    assert (rows["seen"] == rows[["loaded", "rejected", "skipped", "duplicate"]].sum(axis=1)).all()
    assert (rows["records"] == rows[["used", "without_client", "without_key", "later", "repeated"]].sum(axis=1)).all()
    assert (rows["used"] == rows["records"]).all()
    assert rows.set_index("table").loc["coverage", "used"] > 0


def test_the_first_sentence_names_the_outlier_and_the_second_the_lucky(sample_review):
    said = portfolio_headlines(sample_review)
    assert "K09" in said["sentence"].iloc[0]
    assert "12 clients" in said["sentence"].iloc[0]
    assert "K04" in said["sentence"].iloc[1]
    assert "no outlier" in said["sentence"].iloc[1]
    assert "conform" not in " ".join(said["sentence"]).replace("nonconform", "")


def test_the_page_knows_a_portfolio_as_an_engagement(sample_portfolio):
    lab = sample_portfolio.lab
    assert lab.summary["seen"].sum() == sample_portfolio.sources["seen"].sum() > 0
    assert lab.settings.as_of == pd.Timestamp("2025-03-31").date()
    assert len(lab.inputs) == 13


def test_without_audits_after_the_period_no_forecast_is_judged_and_the_reason_names_the_setting(opened, sample_review):
    audits = [
        {"client": f"C{place}", "audit_id": f"A{place}", "type": "surveillance", "edition": "2018",
         "start": "2024-03-01", "auditor_days": 2.0} for place in range(6)
    ]  # fmt: skip
    findings = [
        {"client": f"C{place}", "audit_id": f"A{place}", "finding_id": f"F{place}", "grade": "minor", "clause": "8.1",
         "edition": "2018"} for place in range(6)
    ]  # fmt: skip
    store = opened(audits=audits, findings=findings)
    following, errors = next_period(store, client_rates(store, exposure_by_stratum(store)))
    assert following.empty
    assert errors.empty
    told = empty_reasons(sample_review)
    assert told["next_period"] == told["forecast_errors"] == ""
    bare = empty_reasons(dataclasses.replace(sample_review, next_period=following, forecast_errors=errors))
    assert "no audit after 2023-12-31" in bare["forecast_errors"]
    assert "last under [compare] of portfolio.toml" in bare["next_period"]
