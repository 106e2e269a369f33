"""No difference of sums that leave the house is about few clients: all tables of the pack against each other."""

import itertools

import numpy as np
import pandas as pd
import pytest

from auditlab.portfolio.benchmark import benchmark
from auditlab.portfolio.over_time import committee_course, rates_over_time

LEAST = 5
AS_OF = "2025-03-31"  # the period of the comparison then begins on 1 April 2022, within a half-year
FIRST = pd.Timestamp("2022-04-01")


def portfolio(days):
    """One audit of 2 days for each client and day; client 0 has many nonconformities, all others one an audit."""
    audits, findings = [], []
    for client, dates in enumerate(days):
        for place, day in enumerate(dates):
            number = f"A{client}-{place}"
            audits.append({
                "client": f"C{client:02}", "audit_id": number, "type": "surveillance", "edition": "2018",
                "start": day, "auditor_days": 2.0,
            })  # fmt: skip
            findings += [
                {"client": f"C{client:02}", "audit_id": number, "finding_id": f"{number}-{n}", "grade": "minor",
                 "clause": "8.1", "edition": "2018"} for n in range(1 if client else 13)
            ]  # fmt: skip
    clients = [
        {"client": f"C{client:02}", "sector": "ab"[client % 2], "country": "xy"[client // 2 % 2]}
        for client in range(len(days))
    ]
    return {"audits": audits, "findings": findings, "clients": clients}


def published(store):
    """Every published sum of days as the set of audits that it is about."""
    facts = store.ask("select client, audit_id, start, sector, country from facts order by client, audit_id")
    own = facts[facts["start"] >= FIRST]
    sums = []
    for row in benchmark(store).itertuples():
        if not row.suppressed:
            of = own[own["sector"].eq(row.sector) | (row.sector == "all")]
            of = of[of["country"].eq(row.country) | (row.country == "all")]
            sums.append((float(row.auditor_days), of))
    half = facts["start"].dt.year.astype(str) + "-" + np.where(facts["start"].dt.month <= 6, "1", "2")
    inside = np.where(facts["start"] >= FIRST, "compared", "before")
    sums += [
        (float(row.auditor_days), facts[(half == row.half_year) & (inside == row.part)])
        for row in committee_course(store).itertuples()
        if not row.suppressed
    ]
    return facts, sums


def isolated(facts, sums):
    """Sets of audits of few clients, but some, that follow from the sums: unions, and one less what it holds."""
    found = []
    keys = [frozenset(of["audit_id"]) for _, of in sums]
    of_client = facts.set_index("audit_id")["client"]
    candidates = set(keys)
    for size in (2, 3, 4, 5, 6, 7):
        for parts in itertools.combinations(set(keys), size):
            if sum(map(len, parts)) == len(frozenset().union(*parts)):  # without overlap, so that they add up
                candidates.add(frozenset().union(*parts))
    for whole, part in itertools.product(candidates, repeat=2):
        if part < whole:
            clients = of_client[list(whole - part)].nunique()
            if 0 < clients < LEAST:
                found.append(sorted(whole - part))
    return found


def halves(*, early):
    """Twenty-four clients with one audit a year; `early` of the first twelve come after the period began."""
    made = []
    for client in range(24):
        month = "02" if client < 12 else "09"
        made.append([f"{year}-{month}-10" for year in (2022, 2023, 2024)])
        if client < early:
            made[-1][0] = "2022-05-10"
    return made


@pytest.mark.parametrize("early", [1, 4, 8, 11])
def test_no_difference_of_shown_sums_is_about_few_clients(opened, early):
    store = opened(as_of=AS_OF, **portfolio(halves(early=early)))
    facts, sums = published(store)
    for days, of in sums:
        assert days == 2.0 * len(of)
    assert not isolated(facts, sums)


def test_the_half_years_of_the_page_alone_would_have_given_one_client_away(opened):
    """The same search finds the audit of client 0 where half-years are whole: the test can fail."""
    store = opened(as_of=AS_OF, **portfolio(halves(early=1)))
    facts, sums = published(store)
    half = facts["start"].dt.year.astype(str) + "-" + np.where(facts["start"].dt.month <= 6, "1", "2")
    whole = rates_over_time(store)
    exposed = [pair for pair in sums if len(pair[1]) == len(facts[facts["start"] >= FIRST])]
    exposed += [(row.auditor_days, facts[half == row.half_year]) for row in whole.itertuples()]
    assert ["A0-0"] in isolated(facts, exposed)


def test_the_course_in_the_period_adds_up_to_the_benchmark(opened):
    store = opened(as_of=AS_OF, **portfolio(halves(early=8)))
    course, whole = committee_course(store), benchmark(store).iloc[0]
    inside = course[course["part"] == "compared"]
    assert not inside["suppressed"].any()
    assert inside[["auditor_days", "nonconformities", "audits"]].sum().tolist() == [
        whole["auditor_days"], whole["nonconformities"], whole["audits"],
    ]  # fmt: skip
    row = inside[inside["half_year"] == "2022-2"].iloc[0]
    assert row["rate"] == pytest.approx(10 * row["nonconformities"] / row["auditor_days"])


def test_a_mix_of_editions_of_few_clients_is_not_told(opened):
    held = portfolio(halves(early=8))
    held["audits"][-1]["edition"] = "2011"
    course = committee_course(opened(as_of=AS_OF, **held)).set_index(["half_year", "part"])
    assert pd.isna(course.loc[("2024-2", "compared"), "edition_2018"])
    assert course.loc[("2023-2", "compared"), "edition_2018"] == 1
