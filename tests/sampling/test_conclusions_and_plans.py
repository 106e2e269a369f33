"""Conclusions, site plans and plans for a population of records."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditlab.errors import ArgumentError
from auditlab.sampling import (
    conclude,
    conclusions_before_draw,
    record_sample_plan,
    sample_size,
    site_plan,
    site_sample,
    verify_seal,
)

SEED = "00112233445566778899aabbccddeeff"
OTHER_SEED = "ffeeddccbbaa99887766554433221100"
FLAGS = {"missing": "no approval recorded", "late": "approved after the start"}


def changes():
    return pd.DataFrame(
        {
            "change_id": [f"CHG-{i:04d}" for i in range(180)],
            "missing": [i < 2 for i in range(180)],
            "late": [2 <= i < 9 for i in range(180)],
        }
    )


def plan_of(frame=None, *, seed=SEED, **asked):
    settings = {"tolerable": 0.05, "convention": "exceeds", "flags": FLAGS} | asked
    return record_sample_plan(
        changes() if frame is None else frame, population="changes B", id="change_id", seed=seed, **settings
    )


def test_no_deviation_in_twelve_of_180_is_at_most_38_records():
    # own computation, exact hypergeometric; the binomial limit is 22.1 %
    found = conclude(deviations=0, n=12, population=180)
    assert found.sentence == "0 of 12 from 180: with 95 % confidence at most 21.1 % (38 records) deviate."
    assert 'Not to be said: "there are no deviations in the 180 records"' in found.not_to_say
    assert (
        conclude(deviations=0, n=12).sentence == "0 of 12: with 95 % confidence at most 22.1 % of the records deviate."
    )


def test_a_share_found_is_not_the_share_of_the_population():
    assert '"8.3 % of the 180 records deviate"' in conclude(deviations=1, n=12, population=180).not_to_say


def test_a_full_count_and_no_count_need_no_limit():
    assert conclude(deviations=9, n=180, population=180).sentence == (
        "9 of 180 from 180: every record was examined; 9 (5 %) deviate."
    )
    assert "nothing is known" in conclude(deviations=0, n=0, population=180).sentence


@pytest.mark.parametrize("convention", ["reaches", "exceeds"])
@pytest.mark.parametrize("population", [20, 50, 171, 180, 1000])
def test_what_the_plan_accepts_rules_out_the_tolerable_rate(population, convention):
    plan = sample_size(tolerable=0.1, population=population, expected_count=1, convention=convention)
    table = conclusions_before_draw(plan)
    assert list(table["deviations"]) == [0, 1, 2, 3]
    assert list(table["rules_out_tolerable"]) == [True, True, False, False]
    assert list(table["high_records"] < plan.tolerable_count) == list(table["rules_out_tolerable"])


@pytest.mark.parametrize("method", ["binomial", "poisson"])
def test_conclusions_without_a_population_have_no_records(method):
    table = conclusions_before_draw(sample_size(tolerable=0.05, method=method))
    assert table["high_records"].isna().all()
    assert list(table["high"] < 0.05) == [True, False, False, False]


def sites(count):
    names = [f"S{i}" for i in range(count + 1)]
    return pd.DataFrame({"site": names, "central": [name == "S0" for name in names]})


@pytest.mark.parametrize(
    ("count", "initial", "surveillance", "recertification"),
    [(2, 2, 1, 2), (3, 2, 2, 2), (9, 3, 2, 3), (10, 4, 2, 3), (25, 5, 3, 4), (26, 6, 4, 5), (100, 10, 6, 8)],
)
def test_site_samples_match_worked_examples(count, initial, surveillance, recertification):
    # EA FAQ 46.5 for 2 and 26 sites; the others by the same rule in integers
    kinds = ("initial", "surveillance", "recertification")
    assert tuple(site_sample(count, audit_type=kind) for kind in kinds) == (initial, surveillance, recertification)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 40), st.integers(0, 2**64), st.sets(st.integers(0, 40), max_size=8))
def test_a_site_plan_holds_centre_number_random_part_and_risks(count, seed, risky):
    risks = [f"S{i}" for i in sorted(risky) if i <= count]
    plan = site_plan(sites(count), audit_type="recertification", seed=seed, risk_sites=risks)
    chosen = plan[plan["selected"] & (plan["role"] == "site")]
    assert plan.loc[plan["role"] == "central", "how"].tolist() == ["central"]
    assert len(chosen) >= plan["required"].iloc[0] == site_sample(count, audit_type="recertification")
    assert (chosen["how"] == "all").all() or 4 * (chosen["how"] == "random").sum() >= len(chosen)
    assert plan.loc[plan["site"].isin(risks), "selected"].all()
    backwards = sites(count).iloc[::-1]
    pd.testing.assert_frame_equal(plan, site_plan(backwards, audit_type="recertification", seed=seed, risk_sites=risks))


def test_recertification_of_a_centre_and_two_sites_visits_all_three():
    plan = site_plan(
        pd.DataFrame({"site": ["C", "A", "B"], "central": [False, True, False]}),
        audit_type="recertification",
        seed=SEED,
    )
    assert plan["site"].tolist() == ["A", "B", "C"]
    assert plan["selected"].all()
    assert sorted(plan["how"]) == ["all", "all", "central"]
    assert plan["reason"].tolist()[1:] == ["all 2 sites required, none drawn"] * 2
    assert plan["rule"].iloc[0] == (
        "MD 1, recertification: 0.8 x sqrt(2) = 1.13, rounded up to 2 of 2 sites besides the central function; "
        "all sites required"
    )


def test_judgement_takes_unknown_and_longest_unvisited_sites_first():
    last = pd.to_datetime([None, *[f"20{10 + i}-06-01" for i in range(1, 17)]])
    visits = pd.DataFrame({"site": [f"S{i}" for i in range(17)], "last_visit": last}).drop(index=16)
    plan = site_plan(sites(16), audit_type="initial", seed=SEED, visits=visits)
    judged = plan[plan["how"] == "judgement"]
    random = set(plan.loc[plan["how"] == "random", "site"])
    expected = [site for site in ["S16", *[f"S{i}" for i in range(1, 16)]] if site not in random][:3]
    assert sorted(judged["site"]) == sorted(expected)
    assert "S16" in random or judged.set_index("site").loc["S16", "reason"].startswith("no visit is known")
    known = judged.set_index("site")["reason"].drop("S16", errors="ignore")
    assert known.str.match(r"longest unvisited, place \d of the 15 not drawn: last visit 20\d\d-06-01").all()


def test_a_risk_site_is_visited_with_its_reason():
    plan = site_plan(sites(2), audit_type="surveillance", seed=SEED, risk_sites={"S1": "complaints", "S2": "findings"})
    assert plan["selected"].all()
    assert plan["reason"].str.contains("named for a risk: complaints").any()


def test_without_a_marked_centre_the_plan_says_so():
    plan = site_plan(sites(2).assign(central=pd.NA), audit_type="surveillance", seed=SEED)
    assert plan["rule"].str.contains("no site is marked as the central function").all()


def test_no_sites_give_an_empty_plan():
    assert site_plan(sites(2).iloc[:0], audit_type="surveillance", seed=SEED).empty


def test_a_risk_site_out_of_scope_and_an_unruled_audit_are_refused():
    with pytest.raises(ArgumentError, match="not in scope: X9"):
        site_plan(sites(2), audit_type="surveillance", seed=SEED, risk_sites=["X9"])
    with pytest.raises(ArgumentError, match="no site minimum for the audit type 'internal'"):
        site_plan(sites(2), audit_type="internal", seed=SEED)


def test_the_changes_of_site_b_are_nine_by_judgement_and_48_25_or_20_of_171():
    plan = plan_of(alternatives=[(0.05, 0.95), (0.1, 0.95), (0.1, 0.9)])
    rows = plan.record_samples
    assert rows[["N", "judgement_n", "n", "chosen"]].to_numpy().tolist() == [
        [171, 9, 48, True], [171, 9, 25, False], [171, 9, 20, False],
    ]  # fmt: skip
    assert plan.record_list["part"].value_counts().to_dict() == {"random": 48, "reserve": 10, "judgement": 9}
    assert plan.record_list["item"].is_unique
    assert rows["list_hash"].isna().tolist() == [False, True, True]


def test_the_seal_of_a_plan_opens_with_its_list():
    plan = plan_of()
    sealed = plan.record_samples["list_hash"].iloc[0]
    assert verify_seal(plan.record_list, list_hash=sealed, seed=SEED, population="changes B")
    assert not verify_seal(plan.record_list.iloc[1:], list_hash=sealed, seed=SEED, population="changes B")


def test_row_order_changes_nothing_and_another_seed_the_random_list_alone():
    one, shuffled, other = plan_of(), plan_of(changes().sample(frac=1, random_state=3)), plan_of(seed=OTHER_SEED)
    for left, right in zip(one, shuffled, strict=True):
        pd.testing.assert_frame_equal(left, right)
    sealed = ["seed_fingerprint", "list_hash"]
    pd.testing.assert_frame_equal(one.record_samples.drop(columns=sealed), other.record_samples.drop(columns=sealed))
    judged = [table.record_list.query("part == 'judgement'") for table in (one, other)]
    pd.testing.assert_frame_equal(*judged)
    assert set(one.record_list["item"]) != set(other.record_list["item"])


def test_neither_table_shows_the_seed():
    assert not any(SEED in table.to_csv() for table in plan_of())


def test_the_rationale_names_what_the_sample_rests_on():
    words = plan_of().record_samples["rationale"].iloc[0]
    for part in ("180 records", "no approval recorded 2", "tolerable 5 %", "'exceeds'", "numpy PCG64", "171 records"):
        assert part in words
    assert "predictable by anyone, no secret seed is set" in plan_of(seed=7).record_samples["rationale"].iloc[0]


def test_a_population_flagged_throughout_leaves_no_random_part():
    plan = plan_of(changes().head(9))
    assert plan.record_samples["n"].tolist() == [0]
    assert set(plan.record_list["part"]) == {"judgement"}
    assert "nothing in per cent" in plan.record_samples["rationale"].iloc[0]


def test_an_empty_population_gives_an_empty_list():
    assert plan_of(changes().iloc[:0]).record_list.empty
