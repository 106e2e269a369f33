"""Settings and records of an engagement: design, site, strata of changes, and the sites of three years."""

import datetime as dt

import pandas as pd
import pytest

import auditlab
from auditlab.errors import EngagementError
from auditlab.sampling import change_design, change_strata, cycle_plan_of, sampled_site, strata_column
from auditlab.sampling.engagement_cycle import audit_types
from auditlab.settings import SamplingDesign

SITES = "Site,Name,Central function\nA,Head office,yes\n" + "".join(
    f"{name},Branch {name},no\n" for name in "BCDEFGHIJ"
)


def opened(folder, settings=""):
    (folder / "Sites.csv").write_text(SITES, encoding="utf-8")
    head = 'name = "small"\nas_of = 2024-03-31\nseed = "00112233445566778899aabbccddeeff"\n'
    (folder / "auditlab.toml").write_text(head + settings, encoding="utf-8")
    return auditlab.open_engagement(folder)


def test_the_settings_say_the_design_and_a_parameter_replaces_it(tmp_path):
    lab = opened(tmp_path, '[sampling.changes]\ndesign = "stratified"\nstrata = "site"\n')
    assert change_design(lab).design == "stratified"
    assert change_design(lab, "two_stage") == SamplingDesign(design="two_stage", strata="site")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ('[sampling.changes]\ndesign = "three_stage"\n', r"The setting 'sampling.changes.design' is 'three_stage'"),
        ("[sampling.invoices]\n", r"There is no setting 'sampling.invoices'"),
        ("[sampling.changes.earlier]\ndeviations = 0\nexamined = 9\n", r"'sampling.changes.earlier.source' is missing"),
        ("[sampling.changes.rates]\nnormal = 1.2\n", r"The setting 'sampling.changes.rates.normal' is 1.2"),
    ],
)
def test_a_design_that_is_none_is_named(tmp_path, settings, message):
    with pytest.raises(EngagementError, match=message):
        opened(tmp_path, settings)


def test_sites_as_strata_take_all_sites_unless_one_is_asked_for():
    by_site = SamplingDesign(design="stratified", strata="site")
    assert sampled_site(by_site, asked=None, flagged="B") is None
    assert sampled_site(by_site, asked="C", flagged="B") == "C"
    assert sampled_site(SamplingDesign(), asked=None, flagged="B") == "B"


def test_the_kind_of_a_change_comes_from_its_mark_or_its_type():
    changes = pd.DataFrame({
        "emergency": pd.array([True, False, None, None, None], dtype="boolean"),
        "type": pd.array(["normal", "normal", "Emergency ", "normal", None], dtype="str"),
    })  # fmt: skip
    design = SamplingDesign(design="stratified")
    kinds = change_strata(changes, design)[strata_column(design)]
    assert kinds.tolist()[:4] == ["emergency", "normal", "emergency", "normal"]
    assert kinds.isna().tolist() == [False, False, False, False, True]


@pytest.mark.parametrize(
    ("first", "earlier", "kinds"),
    [
        ("initial", 0, ["initial", "surveillance", "surveillance"]),
        ("surveillance", 0, ["surveillance", "surveillance", "recertification"]),
        ("surveillance", 1, ["surveillance", "recertification", "surveillance"]),
        ("recertification", 2, ["recertification", "surveillance", "surveillance"]),
    ],
)
def test_two_surveillances_stand_between_recertifications(first, earlier, kinds):
    assert audit_types(first, earlier=earlier) == kinds


def test_the_cycle_visits_every_site_that_waited_before_one_comes_twice(tmp_path):
    lab = opened(tmp_path, '[next_audit]\ntype = "stage2"\nstart = 2024-06-01\n')
    plan = cycle_plan_of(lab)
    # 9 sites: sqrt = 3, 0.6 x 3 = 1.8 -> 2, and the central function each year
    assert plan[plan["selected"]].groupby("audit").size().tolist() == [4, 3, 3]
    assert plan.drop_duplicates("audit")["day"].dt.date.tolist() == [dt.date(year, 6, 1) for year in (2024, 2025, 2026)]
    judged = plan[plan["how"] == "judgement"]
    assert judged["site"].is_unique


def test_sites_with_other_activities_are_sampled_for_themselves(tmp_path):
    settings = '[next_audit]\ntype = "stage2"\n[sampling.activities]\n'
    settings += "".join(f'{name} = "service desk"\n' for name in "BCDE")
    settings += "".join(f'{name} = "data centre"\n' for name in "FGHI")
    first = cycle_plan_of(opened(tmp_path, settings)).query("audit == 1 and role == 'site'")
    # 2 of 4, 2 of 4 and the one whose activity is not stated
    assert first.groupby(first["rule"])["selected"].sum().sort_values().tolist() == [1, 2, 2]
    assert first["rule"].str.contains("'not stated'").sum() == 1


def test_an_engagement_without_sites_or_rule_has_no_cycle(tmp_path):
    lab = opened(tmp_path, '[next_audit]\ntype = "internal"\n')
    assert cycle_plan_of(lab).empty
