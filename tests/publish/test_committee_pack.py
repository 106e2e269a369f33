"""What the committee gets: nothing about few clients, and nothing that lets few be worked out by difference."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlab.portfolio.over_time import course_suppressed
from auditlab.publish.committee_pack import NOT_GIVEN, REFUSED, SUPPRESSED, _rounded, anonymous

LEAST = 5


def rules(**numbers):
    row = {"rule": "r", "cases": 40, "kept": 30, "broken": 10, "clients": 6, "clients_asked": 20, "open": 1,
           "longest_days": 548, "source": "s"}  # fmt: skip
    return anonymous(pd.DataFrame([row | numbers]), "programme_summary", least=LEAST).iloc[0]


def test_counts_about_enough_clients_are_shown():
    shown = rules()
    assert (shown["cases"], shown["kept"], shown["broken"]) == (40, 30, 10)


def test_the_longest_delay_is_about_one_client_and_stays_inside():
    assert "longest_days" not in rules()
    assert 548 not in rules().tolist()


@pytest.mark.parametrize("few", [{"clients": 4}, {"clients": 17}, {"clients": 1, "broken": 1, "kept": 39}])
def test_few_who_broke_a_rule_or_few_who_kept_it_are_suppressed(few):
    shown = rules(**few)
    assert shown[["kept", "broken", "clients"]].eq(SUPPRESSED).all()
    assert shown["cases"] == 40


def test_a_rule_with_few_clients_shows_not_even_its_cases():
    shown = rules(clients_asked=1, clients=1, cases=1, kept=0, broken=1)
    assert shown[["cases", "kept", "broken", "clients", "clients_asked"]].eq(SUPPRESSED).all()


def test_a_rule_that_applies_to_nobody_shows_its_zeros():
    shown = rules(clients_asked=0, clients=0, cases=0, kept=0, broken=0)
    assert shown[["cases", "kept", "broken", "clients", "clients_asked"]].tolist() == [0, 0, 0, 0, 0]


def test_the_cap_of_few_clients_is_suppressed_and_the_highest_sum_left_out():
    times = pd.DataFrame([{
        "office": "all", "clients": 30, "audits": 60, "clients_capped": 3, "capped": 4, "share": 0.07, "low": 0.02,
        "high": 0.16, "highest_sum": 0.42, "unjustified": 1, "method": "Clopper-Pearson",
    }])  # fmt: skip
    shown = anonymous(times, "audit_time_summary", least=LEAST).iloc[0]
    assert shown[["capped", "share", "low", "high"]].eq(SUPPRESSED).all()
    assert shown["clients_capped"] == SUPPRESSED
    assert "highest_sum" not in shown.index


def test_variances_of_few_auditors_are_suppressed():
    measures = pd.DataFrame([{
        "measure": "rate", "auditors": 12, "comparable": 2, "between": 0.1, "within": 0.5, "icc": 0.17,
        "median_odds_ratio": np.nan, "method": "m", "note": "",
    }])  # fmt: skip
    shown = anonymous(measures, "calibration_measures", least=LEAST).iloc[0]
    assert shown[["comparable", "between", "icc"]].eq(SUPPRESSED).all()
    assert shown["auditors"] == 12
    assert shown["note"] == "fewer than 5 auditors are compared"


def test_auditors_who_are_not_compared_are_refused_and_not_suppressed():
    measures = pd.DataFrame([{
        "measure": "rate", "auditors": 12, "comparable": 0, "between": np.nan, "within": np.nan, "icc": np.nan,
        "median_odds_ratio": np.nan, "method": "m", "note": "refused: no variation, every audit shows the same",
    }])  # fmt: skip
    shown = anonymous(measures, "calibration_measures", least=LEAST).iloc[0]
    assert shown[["comparable", "between", "icc"]].eq(REFUSED).all()
    assert shown["note"].endswith("every audit shows the same")


def test_days_by_clause_stay_inside():
    """Two clauses of one sector differ by the days of the audits that examined one of them, perhaps one client's."""
    cells = pd.DataFrame([{
        "clause": "8.1", "title": "t", "sector": "a", "clients": 9, "examined": 8, "with_nc": 5, "nonconformities": 5.0,
        "auditor_days": 31.0, "rate": 0.97, "low": 0.2, "high": 2.8, "ratio": 1.234, "p": 0.4, "q": 0.567,
        "flagged": False, "tests": 40, "suppressed": False,
    }])  # fmt: skip
    shown = anonymous(cells, "clause_sector", least=LEAST).iloc[0]
    assert not {"auditor_days", "rate", "low", "high", "examined", "p"} & set(shown.index)
    assert (shown["ratio"], shown["nonconformities"]) == (1.2, 5.0)


def cells(*with_nc):
    frame = pd.DataFrame({"with_nc": with_nc, "sector": [f"s{n}" for n in range(len(with_nc))]})
    return frame.assign(
        clause="8.1", title="t", clients=30, examined=20, nonconformities=frame["with_nc"] * 1.0, auditor_days=31.0,
        rate=0.9, low=0.2, high=2.8, ratio=1.0, p=0.4, q=0.5, flagged=False, tests=3, suppressed=False,
    )  # fmt: skip


def test_events_at_few_clients_of_a_large_group_are_suppressed_and_none_are_shown():
    shown = anonymous(cells(1, 0, 9, 12), "clause_sector", least=LEAST)["nonconformities"]
    assert shown.tolist() == [SUPPRESSED, 0.0, SUPPRESSED, 12.0], "the next smallest goes too: the sum may be known"


def soft(**rows):
    names = ["clients", "improvements", "clients_with", "candidates"]
    frame = pd.DataFrame([dict(zip(names, row, strict=True)) | {"value": value} for value, row in rows.items()])
    frame["counted_by"] = ["all", *["sector"] * (len(frame) - 2), "office"]
    return frame.assign(by_wording=frame["candidates"], share=0.1, low=0.0, high=0.2, method="Clopper-Pearson")


def test_soft_grades_leave_the_house_without_offices_and_small_counts():
    table = soft(all=(40, 60, 17, 20), a=(20, 30, 2, 2), b=(12, 20, 7, 9), c=(8, 10, 8, 9), nord=(40, 60, 17, 20))
    shown = anonymous(table, "soft_grades", least=LEAST).set_index("value")
    assert "nord" not in shown.index
    assert "by_wording" not in shown
    assert shown["improvements"].tolist() == [60, 30, 20, 10]
    assert shown["candidates"].tolist() == [20, SUPPRESSED, SUPPRESSED, 9]
    assert shown["share"].tolist() == [0.1, SUPPRESSED, SUPPRESSED, 0.1]


@given(st.lists(st.integers(min_value=1, max_value=12), min_size=1, max_size=8))
def test_a_total_less_the_shown_half_years_is_never_about_few(clients):
    series = pd.Series(clients)
    hidden = course_suppressed(series, least=LEAST)
    assert (series[~hidden] >= LEAST).all()
    # The hidden rows may be about the same clients: one of them alone must be about enough, if any is.
    assert not hidden.any() or series[hidden].max() >= LEAST or not (series >= LEAST).any()


def test_a_half_year_without_its_mix_has_a_word_where_the_rate_would_stand():
    course = pd.DataFrame({
        "half_year": ["2020-1", "2020-2", "2021-1"], "part": "compared", "clients": [9.0, 9.0, None],
        "rate": [12.0, 11.0, None], "standardised": [None, 11.5, None], "mix": "type+edition+sector",
        "suppressed": [False, False, True],
    })  # fmt: skip
    shown = anonymous(course, "committee_course", least=LEAST)
    assert shown["standardised"].tolist() == [NOT_GIVEN, 11.5, SUPPRESSED]
    assert set(shown["mix"]) == {"type+edition+sector"}


def test_small_numbers_keep_two_digits():
    assert [_rounded(value) for value in (0.0045091, 12.3456, -0.00012345, 0.0, "suppressed")] == [
        0.0045, 12.346, -0.00012, 0.0, "suppressed",
    ]  # fmt: skip
