"""Rates at one mix of audits: given where a half-year has that mix, and nowhere else."""

import json
from pathlib import Path

import pandas as pd
import pytest

from auditlab.figures import rate_course
from auditlab.portfolio import course_caption
from auditlab.portfolio.over_time import (
    AT_ONE_MIX,
    LEAST_COVERED,
    committee_course,
    rates_by_place,
    rates_over_time,
    simpson_check,
    whole_and_parts,
)

NOTEBOOK = Path(__file__).resolve().parents[2] / "notebooks" / "portfolio_review.ipynb"
PERIOD = {"first": "2020-01-01"}


def audited(rows):
    """Audits of (day, type, edition, sector, days, nonconformities), each at a client of its own."""
    audits, findings, clients = [], [], []
    for place, (day, kind, edition, sector, days, found) in enumerate(rows):
        client, number = f"C{place:03}", f"A{place:03}"
        clients.append({"client": client, "sector": sector})
        audits.append({"client": client, "audit_id": number, "type": kind, "edition": edition, "start": day,
                       "auditor_days": float(days)})  # fmt: skip
        findings += [
            {"client": client, "audit_id": number, "finding_id": f"{number}-{n}", "grade": "minor", "clause": "8.1",
             "edition": edition} for n in range(found)
        ]  # fmt: skip
    return {"audits": audits, "findings": findings, "clients": clients}


def half(year, rows):
    return [(f"{year}-02-01", *row) for row in rows]


def stage2_then_surveillance():
    """Stage 2 alone in the first year and surveillances alone in the second: no half-year is like another."""
    return half(2020, [("stage2", "2018", "a", 2, 4)] * 6) + half(2022, [("surveillance", "2018", "a", 2, 2)] * 6)


def test_half_years_of_other_audits_have_no_rate_at_one_mix_and_the_line_is_broken(opened):
    course = rates_over_time(opened(compare=PERIOD, **audited(stage2_then_surveillance())))
    assert course["rate"].tolist() == [2.0, 1.0]
    assert course["covered"].tolist() == [0.5, 0.5]
    assert course["standardised"].isna().all()
    assert all(pd.isna(value) for value in rate_course(course).data[1].y)
    assert "given for 0 of 2 half-years" in course_caption(course)


def test_a_half_year_with_nine_tenths_of_the_mix_has_a_rate_and_one_with_less_has_none(opened):
    """Days of the mix: 40 of stage 2, of which all stand in both half-years, and 4 or 5 of another type in one."""
    for special, given in ((4, True), (5, False)):
        rows = half(2020, [("stage2", "2018", "a", 20, 20)])
        rows += half(2022, [("stage2", "2018", "a", 20, 10), ("surveillance", "2018", "a", special, 2)])
        course = rates_over_time(opened(compare=PERIOD, **audited(rows)))
        assert course["covered"].tolist() == pytest.approx([40 / (40 + special), 1])
        assert course["standardised"].notna().tolist() == [given, True]
        assert course["standardised"].iloc[1] == pytest.approx((40 * 0.5 + special * 2 / special) / (40 + special))
        if given:
            assert course["standardised"].iloc[0] == pytest.approx(1.0)


def test_the_mix_of_types_and_editions_stands_in_where_sectors_never_meet(opened):
    """Sector a is audited in the first year and b in the second, each by two types in other proportions."""
    rows = half(2020, [("stage2", "2018", "a", 3, 6), ("surveillance", "2018", "a", 1, 1)])
    rows += half(2022, [("stage2", "2018", "b", 1, 2), ("surveillance", "2018", "b", 3, 3)])
    course = rates_over_time(opened(compare=PERIOD, **audited(rows)))
    assert course["rate"].tolist() == [7 / 4, 5 / 4]
    assert set(course["mix"]) == {"type+edition"}
    assert course["standardised"].tolist() == pytest.approx([1.5, 1.5])
    assert "one mix of type, edition" in course_caption(course)


def test_the_finest_mix_stands_where_it_says_as_much(opened):
    rows = [
        row
        for year in (2020, 2022)
        for row in half(year, [("stage2", "2018", "a", 2, 2), ("stage2", "2018", "b", 2, 6)])
    ]
    assert set(rates_over_time(opened(compare=PERIOD, **audited(rows)))["mix"]) == {"type+edition+sector"}


def test_an_edition_is_that_of_the_audits_and_not_of_the_clients(opened):
    held = audited(
        half(2020, [("surveillance", "2011", "a", 2, 4)] * 3) + half(2022, [("surveillance", "2018", "a", 2, 2)] * 3)
    )
    for place, audit in enumerate(held["audits"]):  # three clients, audited against both
        audit["client"] = f"C{place % 3:03}"
    for finding in held["findings"]:
        finding["client"] = f"C{int(finding['audit_id'][1:]) % 3:03}"
    course = rates_by_place(opened(compare=PERIOD, **held)).query("facet == 'edition'")
    assert course[["value", "half_year", "standardised"]].to_numpy().tolist() == [
        ["2011", "2020-1", 2],
        ["2018", "2022-1", 1],
    ]


def test_the_course_of_the_committee_refuses_like_the_page(opened):
    course = committee_course(opened(compare=PERIOD, **audited(stage2_then_surveillance())))
    assert not course["suppressed"].any()
    assert course["standardised"].isna().all()
    assert set(course["mix"]) == {"type+edition+sector"}


def test_whole_and_parts_cannot_be_told_where_no_part_stands_at_both_ends(opened):
    table = simpson_check(opened(compare=PERIOD, **audited(stage2_then_surveillance())))
    assert table["stratum"].tolist() == ["all", "stage2, 2018", "surveillance, 2018"]
    assert table["against_whole"].isna().all()
    assert table["note"].tolist() == [
        "cannot be told: no type and edition stands at both ends", "only at the start", "only at the end",
    ]  # fmt: skip


def test_a_whole_that_falls_while_every_part_rises_moves_against_its_parts():
    """Stage 2 from 2.0 to 2.2 and surveillance from 1.0 to 1.1, while its share goes from a tenth to nine tenths."""
    rows = pd.DataFrame({
        "stratum": ["stage2, 2018", "surveillance, 2018"], "days_before": [90.0, 10.0], "days_after": [10.0, 90.0],
        "nc_before": [180.0, 10.0], "nc_after": [22.0, 99.0],
    })  # fmt: skip
    table = whole_and_parts(rows).set_index("stratum")
    assert table.loc["all", ["before", "after"]].tolist() == pytest.approx([1.9, 1.21])
    assert table.loc[AT_ONE_MIX, ["before", "after"]].tolist() == pytest.approx([1.5, 1.65])
    assert table["against_whole"].tolist() == [True, True, True, True]
    assert table.loc["all", "note"].startswith("100 % of the days")


def test_a_whole_that_moves_with_its_parts_is_not_against_them():
    rows = pd.DataFrame({
        "stratum": ["a", "b", "c"], "days_before": [50.0, 50.0, 100.0], "days_after": [50.0, 50.0, None],
        "nc_before": [100.0, 50.0, 100.0], "nc_after": [50.0, 25.0, None],
    })  # fmt: skip
    table = whole_and_parts(rows).set_index("stratum")
    assert table["against_whole"].fillna(True).tolist() == [False, False, False, False, True]
    assert table.loc["all", "note"] == "67 % of the days at both ends lie in parts that stand at both"
    assert table.loc["c", "note"] == "only at the start"


def test_the_page_says_how_much_of_the_mix_a_rate_takes():
    said = "".join("".join(cell["source"]) for cell in json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"])
    assert f"at least {100 * LEAST_COVERED:g} % of that mix" in said


@pytest.mark.parametrize(("strata", "mix"), [(["sector", "country"], "sector"), ([], "nothing")])
def test_a_mix_of_nothing_is_no_mix(opened, strata, mix):
    """Sector a stands in the first year and b in the second: all audits together would cover everything."""
    rows = half(2020, [("stage2", "2018", "a", 2, 4)]) + half(2022, [("stage2", "2018", "b", 2, 2)])
    course = rates_over_time(opened(compare=PERIOD | {"strata": strata}, **audited(rows)))
    assert set(course["mix"]) == {mix}
    assert course["standardised"].isna().all()
    assert ("one mix" in course_caption(course)) == bool(strata)
