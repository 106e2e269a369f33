"""Further populations that the settings name: each has its size, list, seal and sheet, and no outcome steers it."""

import datetime as dt
import io

import openpyxl
import pandas as pd
import pytest

import auditlab
from auditlab.errors import EngagementError
from auditlab.figures import operating_curve
from auditlab.publish.sampling_workbook import sampling_workbook
from auditlab.sampling import populations, records_to_sample, sampling_tables, verify_seal, with_other_samples

SEED = "00112233445566778899aabbccddeeff"
DAY = dt.date(2024, 3, 31)
OWN = pd.DataFrame({"change_id": [f"CHG-{place:03d}" for place in range(60)]})


def opened(folder, *, also='["incidents", "problems", "incidents", "releases"]', met="yes"):
    """120 incidents and 4 problems; of the incidents one is too early and one names no opening."""
    days = ["2023-03-31 10:00", "", *[f"2023-{4 + place % 9:02d}-{1 + place % 28:02d} 09:00" for place in range(118)]]
    rows = [f"INC-{place:04d},{day},P3,{'AB'[place % 2]},{met}" for place, day in enumerate(days)]
    head = "Incident ID,Opened,Priority,Site,SLA met"
    (folder / "incidents.csv").write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    problems = [f"PRB-{place:02d},2023-06-{place + 1:02d} 08:00" for place in range(4)]
    (folder / "problems.csv").write_text("\n".join(["Problem ID,Opened", *problems]) + "\n", encoding="utf-8")
    settings = f'name = "small"\nas_of = {DAY}\nseed = "{SEED}"\n[sampling]\nalso = {also}\n'
    (folder / "auditlab.toml").write_text(settings, encoding="utf-8")
    return auditlab.open_engagement(folder)


def planned(lab, **how):
    own = sampling_tables(
        OWN, population="changes of all sites", flags={}, tolerable=0.1, confidence=0.95, convention="reaches",
        seed=SEED,
    )  # fmt: skip
    return with_other_samples(own, lab, **({"site": None, "months": 12} | how))


def test_each_named_population_has_a_plan_a_sealed_list_and_its_own_attributes(tmp_path):
    lab = opened(tmp_path)
    plan = planned(lab, alternatives=[(0.05, 0.95)])
    chosen = plan.record_samples[plan.record_samples["chosen"]].set_index("population")
    assert chosen["records"].to_dict() == {
        "changes of all sites": 60, "incidents of all sites, 2023-04/2024-03": 118,
        "problems of all sites, 2023-04/2024-03": 4,
    }  # fmt: skip
    incidents, problems = chosen.iloc[1], chosen.iloc[2]
    assert incidents["attributes"].startswith("Priority follows the agreed rule; ")
    assert (problems["n"], problems["rationale"].endswith("a census, nothing is drawn.")) == (4, True)
    for name, row in chosen.iterrows():
        own = plan.record_list[plan.record_list["population"] == name]
        assert (own["part"] == "random").sum() == row["n"]
        assert verify_seal(own, list_hash=row["list_hash"], seed=SEED, population=name)
    assert plan.headlines["order"].tolist() == list(range(1, len(plan.headlines) + 1))
    assert len(operating_curve(plan.curve, tolerable=0.1).data) == 3
    assert plan.drawn.endswith("problems of all sites, 2023-04/2024-03, n = 4")


def test_an_outcome_does_not_change_what_is_drawn(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    met, missed = planned(opened(tmp_path / "a", met="yes")), planned(opened(tmp_path / "b", met="no"))
    pd.testing.assert_frame_equal(met.record_list, missed.record_list)


def test_every_record_of_a_named_population_is_in_it_or_left_out_for_a_reason(tmp_path):
    lab = opened(tmp_path)
    account = populations(
        lab.tables, as_of=DAY, site=None, months=12, also=lab.settings.sampling.also, also_site="A"
    )  # fmt: skip
    own = account[account["population"].str.startswith("incidents")].set_index("population")["records"]
    name, frame = records_to_sample(lab.tables, "incidents", as_of=DAY, site="A", months=12)
    assert own.sum() == len(lab.tables.incidents)
    assert own["incidents of site A in the period"] == len(frame) == 59
    assert name == "incidents of site A, 2023-04/2024-03"
    assert account.set_index("population").loc["releases", "use"] == "none handed over"


def test_a_number_that_two_tools_gave_stands_with_its_tool(tmp_path):
    lab = opened(tmp_path)
    incidents = lab.tables.incidents.tail(3).assign(source_system=["old", "new", "new"])
    incidents["incident_id"] = ["INC-1", "INC-1", "INC-2"]
    frames = {name: lab.tables[name] for name in lab.tables} | {"incidents": incidents}
    _, frame = records_to_sample(auditlab.tables.Tables(frames), "incidents", as_of=DAY, site=None, months=12)
    assert frame["item"].tolist() == ["INC-1 (old)", "INC-1 (new)", "INC-2"]


def test_every_population_has_its_sheet(tmp_path):
    plan = planned(opened(tmp_path))
    book = openpyxl.load_workbook(
        io.BytesIO(sampling_workbook(plan.record_samples, plan.record_list, client="C", as_of=DAY))
    )
    assert book.sheetnames[1:] == ["1 changes of all sites", "2 incidents of all sites", "3 problems of all sites"]
    assert [cell.value for cell in book.worksheets[2][2]][4] == "Priority follows the agreed rule"


def test_nothing_named_leaves_the_plan_of_the_changes_alone(tmp_path):
    plan = planned(opened(tmp_path, also="[]"))
    assert plan.record_samples["population"].unique().tolist() == ["changes of all sites"]
    assert "population" not in plan.curve


def test_a_population_that_nobody_can_sample_is_refused(tmp_path):
    with pytest.raises(EngagementError, match=r"'sampling\.also\.0' is 'invoices'"):
        opened(tmp_path, also='["invoices"]')


def test_without_a_flagged_record_no_sentence_speaks_of_others(tmp_path):
    plan = planned(opened(tmp_path))
    incidents = plan.record_samples[plan.record_samples["population"].str.startswith("incidents")].iloc[0]
    said = " ".join([*plan.headlines["sentence"], *plan.summary["value"], *plan.conclusions["sentence"]])
    assert "the other" not in said.lower()
    assert f"none is flagged, and {incidents['n']} of the 118 drawn at random" in said
    assert "The 118 are all its records; none was set apart." in said
    assert "none is flagged, and the 4 are examined as well, every one: a census" in said
