"""Sites over a cycle: exclusions, rotation, several activities, and no sampling."""

import pandas as pd
import pytest

from auditlab.errors import ArgumentError
from auditlab.sampling import cycle_plan, site_plan, site_sample
from auditlab.seeds import PREDICTABLE, PUBLIC_SEED

SEED = "00112233445566778899aabbccddeeff"
CYCLE = [("surveillance", pd.Timestamp("2025-06-01")), ("surveillance", pd.Timestamp("2026-06-01")),
         ("recertification", pd.Timestamp("2027-06-01"))]  # fmt: skip


def sites(count, **columns):
    names = [f"S{i}" for i in range(count + 1)]
    return pd.DataFrame({"site": names, "central": [name == "S0" for name in names], **columns})


@pytest.mark.parametrize(
    ("count", "initial", "surveillance", "recertification"),
    [(5, 5, 2, 5), (7, 7, 3, 7), (11, 11, 4, 11), (10, 10, 3, 10)],
)  # EA FAQ 46.5: all sites initially and at recertification, 30 % a year otherwise, rounded up
def test_sites_that_cannot_stand_for_one_another_are_all_visited(count, initial, surveillance, recertification):
    kinds = ("initial", "surveillance", "recertification")
    found = tuple(site_sample(count, audit_type=kind, sampling_appropriate=False) for kind in kinds)
    assert found == (initial, surveillance, recertification)
    plan = site_plan(sites(count), audit_type="initial", seed=SEED, sampling_appropriate=False)
    assert plan["selected"].all()
    assert plan["rule"].str.contains("cannot stand for one another").all()


def test_an_excluded_site_is_not_visited_has_its_reason_and_still_counts():
    plan = site_plan(sites(9), audit_type="initial", seed=SEED, excluded={"S3": "moved last week"})
    row = plan.set_index("site").loc["S3"]
    assert not row["selected"]
    assert row["reason"] == "excluded this time: moved last week"
    assert plan["required"].iloc[0] == 3
    assert plan.loc[plan["role"] == "site", "selected"].sum() == 3


def test_each_activity_has_its_own_number():
    activity = ["desk"] * 10 + ["field"] * 4
    plan = site_plan(sites(13, activity=activity), audit_type="initial", seed=SEED)
    chosen = plan[plan["selected"] & (plan["role"] == "site")].merge(sites(13, activity=activity), on="site")
    assert chosen["activity"].value_counts().to_dict() == {"desk": 3, "field": 2}
    assert plan.loc[plan["role"] == "central", "required"].tolist() == [5]
    assert plan["rule"].str.contains("activity 'field'").any()


def test_over_a_cycle_the_visits_go_round():
    plan = cycle_plan(sites(4), audits=CYCLE, seed=SEED)
    visited = plan[plan["selected"] & (plan["role"] == "site")]
    counts = visited.groupby("audit")["site"].nunique()
    assert counts.tolist() == [2, 2, 2]
    judged = [set(group.loc[group["how"] == "judgement", "site"]) for _, group in visited.groupby("audit")]
    first = set(visited.loc[visited["audit"] == 1, "site"])
    assert not judged[1] & first


@pytest.mark.parametrize("seed", [SEED, PUBLIC_SEED])
def test_the_first_audit_of_a_cycle_has_the_sites_of_the_next_audit(seed):
    last = pd.DataFrame({"site": [f"S{i}" for i in range(1, 20)], "last_visit": pd.Timestamp("2024-01-01")})
    plan = cycle_plan(sites(19), audits=CYCLE, seed=seed, visits=last)
    own = site_plan(sites(19), audit_type=CYCLE[0][0], seed=seed, visits=last)
    first = plan[plan["audit"] == 1].reset_index(drop=True)
    pd.testing.assert_frame_equal(first[own.columns], own)
    drawn = plan[plan["how"] == "random"]
    assert len(set(drawn.groupby("audit")["site"].agg(frozenset))) > 1, "each audit has a draw of its own"


@pytest.mark.parametrize(("seed", "told"), [(SEED, False), (PUBLIC_SEED, True)])
def test_every_audit_of_a_cycle_says_that_its_draw_is_predictable_without_a_secret(seed, told):
    plan = cycle_plan(sites(19), audits=CYCLE, seed=seed)
    drawn = plan[plan["how"] == "random"]
    assert set(drawn["audit"]) == {1, 2, 3}
    assert drawn["reason"].str.contains(PREDICTABLE).tolist() == [told] * len(drawn)


def test_known_visits_of_earlier_audits_steer_the_first_judgement():
    last = pd.DataFrame({"site": ["S1", "S2"], "last_visit": pd.to_datetime(["2024-01-01", None])})
    plan = cycle_plan(sites(9), audits=CYCLE[:1], seed=SEED, visits=last)
    chosen = plan[plan["selected"]]
    assert not (chosen["how"] == "judgement").loc[chosen["site"] == "S1"].any()


@pytest.mark.parametrize(
    ("excluded", "message"),
    [
        ({"X1": "far"}, "Sites to exclude are not in scope: X1"),
        ({"S0": "busy"}, "The central function S0 is visited in every audit"),
        ({"S1": " "}, "No reason is given for excluding S1"),
    ],
)
def test_an_exclusion_that_cannot_be_says_why(excluded, message):
    with pytest.raises(ArgumentError, match=message):
        site_plan(sites(4), audit_type="surveillance", seed=SEED, excluded=excluded)


def test_a_cycle_without_audits_is_refused():
    with pytest.raises(ArgumentError, match="The cycle has no audit"):
        cycle_plan(sites(4), audits=[], seed=SEED)
