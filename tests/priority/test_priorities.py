"""The order of priorities: the sample engagement, and what must not change it."""

import dataclasses
import datetime as dt

import numpy as np
import pandas as pd
import pytest

import auditlab
from auditlab.errors import ArgumentError
from auditlab.priority import (
    allocation,
    evidence_of,
    loss_list,
    priorities,
    priorities_table,
    rank_stability,
)
from auditlab.priority.obligations import bearers
from auditlab.priority.stability import DRAWS
from auditlab.seeds import PUBLIC_SEED, seed_of

AS_OF = pd.Timestamp("2024-03-31")
DRAWN = ["rank_low", "rank_high", "top5_share", "first_share", "rank1_share"]

APPROVALS = {"clause": "8.5.1.3", "site": "B", "flagged": True, "series": "changes started without approval"}
OTHERS = [
    {"clause": "8.3.4.1", "site": "A", "service": "S3", "flagged": True, "series": "supplier X"},
    {"clause": "8.6.3", "site": "B", "service": "S6", "flagged": True, "series": "incidents without a problem"},
    {"clause": "8.6.1", "site": "A", "service": "S7", "flagged": True, "series": "major incidents"},
]


@pytest.fixture(scope="module")
def lab(halden):
    return auditlab.open_engagement(halden)


@pytest.fixture(scope="module")
def evidence(lab):
    return evidence_of(lab, signals=pd.DataFrame([APPROVALS]))


@pytest.fixture(scope="module")
def ranked(lab):
    return priorities(lab, signals=pd.DataFrame([APPROVALS]))


def table(evidence, **options):
    chosen = {"as_of": AS_OF, "audit_type": "recertification", "draws": 200, "seed": 7} | options
    return priorities_table(evidence, **chosen)


def rank(ranked, clause, site=None):
    rows = ranked[(ranked["clause"] == clause) & ((ranked["site"] == site) if site else True)]
    return rows["rank"].min()


def test_change_management_at_b_comes_first_and_stays_there(ranked):
    first = ranked.iloc[0]
    assert (first["site"], first["clause"], first["rank"]) == ("B", "8.5.1", 1)
    assert first["history_rank"] == 7
    assert first["top5_share"] >= 0.95
    assert first["rank1_share"] >= 0.95
    assert first["contributions"] == (
        "overdue action F039, 548 days (+1.0); repeat F039 after verified action F015 (+0.7); "
        "signal: changes started without approval (+1.0)"
    )
    assert first["reason"].startswith(
        "3 of 3 examinations with a nonconformity; this clause over all sites: 3 of 9; expected 38 % (80 % interval"
    )


def test_the_score_can_be_computed_by_hand_from_its_row(ranked):
    hand = np.log(ranked["expected"] / (1 - ranked["expected"])) + ranked["contribution"]
    assert (hand - ranked["score"]).abs().max() < 1e-12
    printed = ranked["contributions"].str.findall(r"\(\+([\d.]+)\)").map(lambda found: sum(map(float, found)))
    assert (printed - ranked["contribution"]).abs().max() < 1e-9
    parts = ranked["base"] + ranked["own_site"] + ranked["own_history"]
    assert (parts - ranked["expected"]).abs().max() < 1e-12


@pytest.mark.parametrize(
    ("clause", "site"),
    [("8.3.4", "A"), ("8.6.3", "B"), ("8.6.1", "A"), ("8.7.2", "A"), ("9.2", "A"), ("8.2.6", None)],
)
@pytest.mark.parametrize("more", [[], OTHERS])
def test_the_planted_themes_are_among_the_first_nine(lab, clause, site, more):
    ranked = priorities(lab, signals=pd.DataFrame([APPROVALS, *more]), draws=1)
    assert rank(ranked, "8.5.1", "B") == 1
    assert rank(ranked, clause, site) <= 9


def test_cells_without_support_stay_behind(ranked):
    third = len(ranked) / 3
    assert all(rank(ranked, clause) > third for clause in ("8.6.2", "5.1", "5.2", "5.3"))
    # 7.6 had one nonconformity in 2021: behind every theme, before the clauses that never had any.
    assert rank(ranked, "7.6") > 20


def test_consequence_uncertainty_and_duty_stand_in_columns_of_their_own(ranked):
    rows = ranked.set_index(["site", "clause"])
    payments = rows.loc[("A", "8.7.2")]
    assert payments["consequence"] == "critical"
    assert payments["regulated"]
    assert rows.loc[("B", "8.5.1"), "uncertainty"] == "last examined 21.5 months ago"
    assert "follow up F015, F039" in rows.loc[("B", "8.5.1"), "mandatory"]
    assert rows.loc[("A", "8.2.2"), "uncertainty"].endswith("not examined in this cycle")
    covered = ranked[ranked["mandatory"].str.contains("whole system")]
    assert covered["clause"].is_unique
    assert set(covered["clause"]) == set(ranked["clause"])
    system = ~covered["clause"].str.startswith("8.")
    assert set(covered.loc[system, "site"]) == {"A"}, "the management system is examined at the central function"
    assert "B" in set(covered.loc[~system, "site"])


def test_the_plan_uses_exactly_six_days_and_names_the_losses(ranked):
    plan = allocation(ranked, budget_minutes=2880)
    assert plan.groupby("budget_share")["minutes"].sum().to_dict() == {0.6: 1728, 0.8: 2304, 1.0: 2880}
    lost = loss_list(plan).groupby("budget_share")["minutes_lost"].sum()
    assert lost.to_dict() == {0.6: 1152, 0.8: 576, 1.0: 0}


def test_a_surveillance_must_cover_what_the_programme_rules_name(evidence):
    rows = table(evidence, audit_type="surveillance").set_index(["site", "clause"])
    assert rows.loc[("A", "9.3"), "mandatory"] == "must be covered: management review"
    assert not rows["mandatory"].str.contains("whole system").any()


def test_without_a_known_central_function_a_duty_falls_where_the_order_puts_it():
    ranked = pd.DataFrame({"site": ["B", "A", "A", "B"], "clause": ["5.1", "5.1", "8.5.1", "8.5.1"]})
    assert bearers(ranked, central=()) == {"5.1": "B", "8.5.1": "A"}
    assert bearers(ranked, central={"A"}) == {"5.1": "A", "8.5.1": "A"}
    assert bearers(ranked, central={"C"}) == {"5.1": "B", "8.5.1": "A"}


def test_an_expectation_can_be_computed_again_from_its_row(ranked):
    start = (ranked["base"] * ranked["propensity"]).clip(upper=0.95)
    again = (8 * start + ranked["weight_found"]) / (8 + ranked["weight_examined"])
    assert (again - ranked["expected"]).abs().max() < 1e-12


def test_the_shares_of_the_usual_draws_do_not_hang_on_the_seed(evidence):
    """10,000 draws of a share of 0.96 have a standard error of 0.002; three times that on either side is 0.012."""
    shares = pd.DataFrame({seed: table(evidence, draws=DRAWS, seed=seed)["top5_share"] for seed in (1, 2, 3, 4)})
    spread = shares.max(axis=1) - shares.min(axis=1)
    assert spread.max() < 0.025  # at a share of one half the error is 0.005
    assert spread.iloc[0] < 0.012


def test_the_draws_do_not_depend_on_how_many_are_made_at_a_time(monkeypatch):
    cells = pd.DataFrame({"alpha": [1.0, 2.0, 3.0], "beta": [9.0, 8.0, 7.0]})
    weights = pd.DataFrame({"signal": [1.0, 0.0, 0.0]})
    whole = rank_stability(cells, weights, draws=100, seed=5)
    monkeypatch.setattr("auditlab.priority.stability.BLOCK", 21)
    pd.testing.assert_frame_equal(rank_stability(cells, weights, draws=100, seed=5), whole)


def test_the_seed_changes_the_draws_and_nothing_else(evidence):
    one, other = table(evidence, seed=1), table(evidence, seed=2)
    assert not one["top5_share"].equals(other["top5_share"])
    pd.testing.assert_frame_equal(one.drop(columns=DRAWN), other.drop(columns=DRAWN), check_exact=True)
    pd.testing.assert_frame_equal(one, table(evidence, seed=1), check_exact=True)


def test_the_order_of_input_rows_changes_nothing(evidence):
    rng = np.random.default_rng(3)
    names = ("findings", "services", "follow_up", "coverage", "cells", "added")
    shuffled = {name: getattr(evidence, name).pipe(lambda f: f.iloc[rng.permutation(len(f))]) for name in names}
    mixed = dataclasses.replace(evidence, **shuffled)
    left, right = table(evidence), table(mixed)
    pd.testing.assert_frame_equal(left, right, check_exact=True)


def test_shifting_all_dates_changes_no_score(evidence):
    shift = pd.Timedelta(days=1000)
    cells = evidence.cells.assign(date=evidence.cells["date"] + shift, end=evidence.cells["end"] + shift)
    moved = table(dataclasses.replace(evidence, cells=cells), as_of=AS_OF + shift)
    pd.testing.assert_frame_equal(
        table(evidence).drop(columns="last_examined"), moved.drop(columns="last_examined"), check_exact=True
    )


def test_a_cell_never_examined_changes_no_other_score(evidence):
    extra = pd.DataFrame({"entity": ["A"], "clause": ["8.5"], "examined": [False], "found": [False]})
    cells = pd.concat([evidence.cells, extra.reindex(columns=evidence.cells.columns)]).astype(evidence.cells.dtypes)
    place = ["site", "clause"]
    before = table(evidence).set_index(place)["score"]
    after = table(dataclasses.replace(evidence, cells=cells)).set_index(place)["score"]
    assert (after.reindex(before.index) - before).abs().max() < 1e-12
    assert len(after) == len(before) + 3


def test_without_signals_or_history_there_is_still_an_order(lab):
    ranked = priorities(lab, draws=1)
    assert ranked["rank"].tolist() == list(range(1, len(ranked) + 1))
    assert not ranked["contributions"].str.contains("signal").any()


def test_an_engagement_without_audits_says_never_examined(tmp_path):
    sites = "Site,Name,Central function\nA,Head office,yes\nB,Branch,no\n"
    (tmp_path / "Sites.csv").write_text(sites, encoding="utf-8")
    ranked = priorities(auditlab.open_engagement(tmp_path, as_of=dt.date(2024, 3, 31)), draws=5)
    assert set(ranked["uncertainty"]) <= {"never examined"}
    assert ranked["expected"].eq(0.5).all()


def test_a_derived_seed_differs_by_purpose_and_hides_its_secret():
    assert seed_of("ab" * 16, purpose="priority draws") != seed_of("ab" * 16, purpose="sample")
    assert seed_of("ab" * 16, purpose="sample") == seed_of("ab" * 16, purpose="sample") != int("ab" * 16, 16)
    assert seed_of(None, purpose="sample") == seed_of(PUBLIC_SEED, purpose="sample")


def test_no_draw_is_no_stability():
    cells = pd.DataFrame({"alpha": [1.0], "beta": [1.0]})
    with pytest.raises(ArgumentError, match="0 draws were asked for"):
        rank_stability(cells, pd.DataFrame({"signal": [0.0]}), draws=0)
