"""A certificate that keeps its number over its renewals, in a register and as Parquet."""

import datetime as dt

import pandas as pd
import pytest

from auditlab.portfolio.headlines import portfolio_headlines
from auditlab.portfolio.opening import open_portfolio

DAY = dt.date(2024, 12, 31)
AUDITS = (
    "Audit no,Client,Visit,From,To,Standard,Sites visited,MD,Lead auditor\n"
    "A1,K1,stage 2,2021-01-10,2021-01-11,2018,HQ,4,X\n"
    "A2,K1,surveillance,2021-12-10,2021-12-10,2018,HQ,2,X\n"
)
FIRST, SECOND = "C1,K1,2018,2021-02-20,2024-02-19\n", "C1,K1,2018,2024-02-01,2027-02-19\n"


@pytest.fixture
def register(tmp_path):
    """A function that writes one register with the given rows of certificates and opens it."""

    def write(*rows):
        (tmp_path / "auditlab.toml").write_text('client = "CB"\nparty = "third"\n')
        (tmp_path / "Audits.csv").write_text(AUDITS)
        head = "Certificate no,Client,Standard,Decision,Valid until\n"
        (tmp_path / "Certificates.csv").write_text(head + "".join(rows))
        return open_portfolio(tmp_path, as_of=DAY).review()

    return write


def read(review):
    rows = review.rows_read.set_index("table").loc["certificates"]
    return rows[["seen", "loaded", "rejected", "duplicate", "used"]].tolist()


def test_a_renewal_under_the_same_number_is_a_decision_of_its_own(register):
    review = register(FIRST, SECOND)
    assert read(review) == [2, 2, 0, 0, 2]
    assert review.questions.empty
    broken = review.programme_breaches
    assert "recertification_before_expiry" not in set(broken["rule"])
    assert review.certificate_risk[["certificate_id", "expiry"]].to_numpy().tolist() == [
        ["C1", pd.Timestamp(2027, 2, 19)]
    ]


def test_the_same_row_twice_is_one_decision(register):
    assert read(register(FIRST, SECOND, SECOND)) == [3, 2, 0, 1, 2]


def test_one_decision_with_two_expiries_is_asked(register):
    review = register(FIRST, FIRST.replace("2024-02-19", "2024-03-19"))
    assert read(review) == [2, 1, 1, 0, 1]
    assert len(review.questions) == 1


def test_what_a_lost_row_of_certificates_may_hold_is_said_wherever_a_decision_is_missed(register):
    review = register(FIRST, SECOND.replace("2024-02-01", "soon"))
    broken = review.programme_breaches.set_index("rule").loc["recertification_before_expiry"]
    assert broken["note"] == (
        "no later decision is known; but 1 row of certificates in the same files could not be read"
    )
    risk = review.certificate_risk.iloc[0]
    assert risk["threats"].startswith(
        "ended, no later decision known, but 1 row of certificates in the same files could not be read"
    )
    said = portfolio_headlines(review)["sentence"]
    assert said.str.startswith(
        "1 certificate ended without a later decision (but 1 row of certificates could not be read)"
    ).any()


def test_register_and_parquet_of_the_same_rows_agree(register, tmp_path):
    review = register(FIRST, SECOND)
    parquet = tmp_path / "parquet"
    parquet.mkdir()
    columns = ["certificate_id", "client", "edition", "decision_date", "expiry"]
    rows = pd.DataFrame([row.strip().split(",") for row in (FIRST, SECOND)], columns=columns)
    rows.astype({"decision_date": "datetime64[us]", "expiry": "datetime64[us]"}).to_parquet(
        parquet / "certificates.parquet"
    )
    audits = pd.DataFrame([
        {"client": "K1", "audit_id": "A1", "type": "stage2", "start": pd.Timestamp("2021-01-10"), "edition": "2018"},
        {"client": "K1", "audit_id": "A2", "type": "surveillance", "start": pd.Timestamp("2021-12-10"), "edition": "2018"},
    ])  # fmt: skip
    audits.to_parquet(parquet / "audits.parquet")
    same = open_portfolio(parquet, as_of=DAY).review()
    for table in ("certificate_risk", "programme_breaches"):
        columns = (
            ["client", "certificate_id", "threats"] if table == "certificate_risk" else ["rule", "subject", "days"]
        )
        pd.testing.assert_frame_equal(getattr(review, table)[columns], getattr(same, table)[columns])
