"""The raw files of data/halden hold every planted fact, read without a line of auditlab.

Facts and defects are numbered as in expected.csv. The reader below knows only openpyxl, csv and pandas.
"""

import csv
import datetime as dt
import subprocess
import sys
import tomllib
import zipfile
from collections import Counter
from itertools import pairwise
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
HALDEN = ROOT / "data" / "halden"
GOLDEN = Path(__file__).resolve().parent
PROGRAMME = "Audit programme and findings.xlsx"
OLD_TOOL, NEW_TOOL = "Incidents 2022-23 (old tool).xlsx", "incidents_new_tool.csv"
ANNEX = "Service desk annex 2022.csv"
END = pd.Timestamp(2024, 4, 1)
SITES = {
    "HQ": "A", "Site A": "A", "A-Aarlund": "A", "NA": "A", "B-Brekke": "B", "Brekke ": "B", "NOC": "C", "C-Corvo": "C",
    "A": "A", "B": "B", "C": "C",
}  # fmt: skip
SERVICES = {
    "Managed workplace": "S1", "Workplace": "S1", "ERP hosting": "S2", "WAN": "S3", "E-mail": "S4", "Service desk": "S5",
    "Backup and storage": "S6", "Storage": "S6", "Payments platform": "S7", "Payments": "S7", "Cloud IaaS": "S8",
    "Cloud": "S8",
}  # fmt: skip
PRIORITIES = {
    "1 - Critical": "P1", "2 - High": "P2", "3 - Moderate": "P3", "4 - Low": "P4", "Critical": "P1", "High": "P2",
    "Medium": "P3", "Low": "P4", "P1": "P1", "P2": "P2", "P3": "P3", "P4": "P4",
}  # fmt: skip


def sheet(file: str, name: str) -> pd.DataFrame:
    """Cells below the header row (the first row with more than two filled cells), with their row numbers."""
    rows = list(openpyxl.load_workbook(HALDEN / file)[name].iter_rows(values_only=True))
    top = next(number for number, row in enumerate(rows) if sum(cell is not None for cell in row) > 2)
    frame = pd.DataFrame([list(row) for row in rows[top + 1 :]], columns=list(rows[top]), dtype=object)
    frame["row"] = range(top + 2, len(rows) + 1)
    return frame[frame.drop(columns="row").notna().any(axis=1)].reset_index(drop=True)


def text_file(name: str, *, delimiter: str) -> pd.DataFrame:
    with (HALDEN / name).open(encoding="utf-8-sig", newline="") as source:
        header, *rows = csv.reader(source, delimiter=delimiter)
    return pd.DataFrame(rows, columns=header, dtype=object)


def month_of(times: pd.Series) -> pd.Series:
    return (times.dt.year - 2022) * 12 + times.dt.month - 3


def truth() -> pd.DataFrame:
    return pd.read_csv(GOLDEN / "findings_truth.csv", dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def findings() -> pd.DataFrame:
    return sheet(PROGRAMME, "Findings")


@pytest.fixture(scope="module")
def old_tool() -> pd.DataFrame:
    return sheet(OLD_TOOL, "Export")


@pytest.fixture(scope="module")
def incidents(old_tool: pd.DataFrame) -> pd.DataFrame:
    """One row per ticket from all three exports."""
    wanted = ["number", "opened", "resolved", "priority", "service", "site", "ci", "category", "major", "paused",
              "target", "met", "problem", "change"]  # fmt: skip
    old = old_tool.rename(
        columns={"Ticket no": "number", "Opened": "opened", "Resolved at": "resolved", "Prio": "priority",
                 "Service": "service", "Site": "site", "CI": "ci", "Category": "category", "Major incident": "major",
                 "Pause (min)": "paused", "Target (min)": "target", "In SLA": "met", "Problem no": "problem",
                 "Caused by change": "change"}
    )  # fmt: skip
    new = text_file(NEW_TOOL, delimiter=",").rename(
        columns={"opened_at": "opened", "resolved_at": "resolved", "business_service": "service", "location": "site",
                 "cmdb_ci": "ci", "major_incident": "major", "pause_duration_min": "paused",
                 "sla_target_min": "target", "made_sla": "met", "problem_id": "problem", "caused_by": "change"}
    )  # fmt: skip
    annex = text_file(ANNEX, delimiter=";").rename(
        columns={"Ticket": "number", "Opened": "opened", "Resolved": "resolved", "Priority": "priority",
                 "Service": "service", "Site code": "site", "CI": "ci", "Category": "category",
                 "Paused (min)": "paused", "Target (min)": "target", "SLA met": "met"}
    )  # fmt: skip
    parts = []
    for frame, form in ((old, "%d/%m/%Y %H:%M"), (new, "%Y-%m-%d %H:%M"), (annex, "%d.%m.%Y %H:%M")):
        part = frame.reindex(columns=wanted).replace("", None)
        part["opened"], part["resolved"] = (pd.to_datetime(part[name], format=form) for name in ("opened", "resolved"))
        parts.append(part)
    together = pd.concat(parts, ignore_index=True)
    together["service"], together["site"] = together["service"].map(SERVICES), together["site"].map(SITES)
    together["priority"] = together["priority"].map(PRIORITIES)
    together["major"] = together["major"].isin(["yes", "true"])
    together["met"] = together["met"].map(
        {"yes": True, "true": True, "Y": True, "no": False, "false": False, "N": False}
    )
    together["paused"], together["target"] = (pd.to_numeric(together[name]) for name in ("paused", "target"))
    assert together[["service", "site", "priority", "opened"]].notna().all().all()
    together = together.drop_duplicates(["number", "opened", "service"])
    return together.assign(month=month_of(together["opened"]))


@pytest.fixture(scope="module")
def changes() -> pd.DataFrame:
    both = pd.concat([sheet("Changes Y1.xlsx", "Changes"), sheet("Changes Y2.xlsx", "Changes")], ignore_index=True)
    for name in ("Approved", "Actual start", "Actual end", "Requested"):
        both[name] = pd.to_datetime(both[name])
    site, month = both["Site"].map(SITES), month_of(both["Actual start"])
    return both.assign(site=site, year=(month > 12) + 1, unapproved=~(both["Approved"] <= both["Actual start"]))


def members(path: Path) -> dict[str, tuple[tuple[int, ...], bytes]]:
    with zipfile.ZipFile(path) as archive:
        return {entry.filename: (entry.date_time, archive.read(entry)) for entry in archive.infolist()}


# --- the script -------------------------------------------------------------------------------------------------


def test_the_script_writes_the_committed_files_again_and_twice_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        command = [sys.executable, str(ROOT / "data" / "make_halden.py"), "--output", str(tmp_path / name)]
        subprocess.run(command, check=True, capture_output=True)
    written = sorted(path.name for path in (tmp_path / "one").iterdir())
    committed = sorted(path.name for path in HALDEN.iterdir() if path.suffix in {".xlsx", ".csv"})
    assert written == committed
    for name in written:
        first, second = (tmp_path / folder / name for folder in ("one", "two"))
        assert first.read_bytes() == second.read_bytes(), name
        if name.endswith(".xlsx"):
            # Compared part by part: another zlib may pack the same content differently.
            assert members(first) == members(HALDEN / name), name
        else:
            assert first.read_bytes() == (HALDEN / name).read_bytes(), name


def test_expected_lists_every_fact_with_a_known_kind_of_tolerance() -> None:
    expected = pd.read_csv(GOLDEN / "expected.csv", dtype=str, keep_default_na=False)
    facts = {f"PF-{n:02d}" for n in range(1, 32)} | {f"NC-{n:02d}" for n in range(1, 10)}
    facts |= {f"D-{n:02d}" for n in range(1, 19)}
    assert facts <= set(expected["fact"])
    assert set(expected["issue"]) <= {str(n) for n in range(1, 14)}
    words = {"", "contains", "missing", "<=", ">=", "31 days"}
    assert all(word in words or float(word) > 0 for word in expected["tolerance"])
    assert expected["definition"].ne("").all()
    assert not expected.duplicated(["fact", "table", "key", "column"]).any()


def test_the_settings_answer_the_questions_of_the_raw_files() -> None:
    settings = tomllib.loads((HALDEN / "auditlab.toml").read_text(encoding="utf-8"))
    assert (settings["party"], settings["as_of"], settings["edition"]) == ("third", dt.date(2024, 3, 31), "2018")
    assert settings["next_audit"] == {"type": "recertification", "start": dt.date(2024, 6, 11), "auditor_days": 6.0}
    assert settings["method"]["sampling_convention"] == "exceeds"
    assert settings["answers"][f"clause/{PROGRAMME}/Findings/F040"] == "8.6.3"
    assert settings["answers"][f"duplicate/{PROGRAMME}/Findings/F005"] == "same"
    assert settings["date_order"] == {OLD_TOOL: "day-first"}


# --- audits, coverage, findings, actions ---------------------------------------------------------------------------


def test_the_clean_truth_has_sixty_findings_by_audit_and_grade() -> None:
    table = pd.crosstab(truth()["audit_id"], truth()["grade"])
    assert table.sum().to_dict() == {"OFI": 18, "major": 2, "minor": 32, "observation": 3, "strength": 5}
    assert table.sum(axis=1).to_dict() == {"AU-1": 14, "AU-2": 24, "AU-3": 11, "AU-4": 11}
    assert (table["major"] + table["minor"]).to_dict() == {"AU-1": 8, "AU-2": 15, "AU-3": 7, "AU-4": 4}
    by_site = truth().loc[truth()["grade"].isin(["major", "minor"]), "site"].value_counts()
    assert by_site.to_dict() == {"A": 18, "B": 10, "C": 6}


def test_the_raw_register_is_the_truth_once_its_defects_are_undone(findings: pd.DataFrame) -> None:
    grades = {"Major": "major", "Minor": "minor", "mNC": "minor", "NC-B": "minor", "OFI": "OFI", "AFI": "OFI",
              "Observation": "observation", "PF": "strength", "Strength": "strength"}  # fmt: skip
    raw = findings.iloc[:60]
    clean = truth()
    assert raw["NCR no"].tolist() == clean["finding_id"].tolist()
    assert raw["Site"].map(SITES).tolist() == clean["site"].tolist()
    assert raw["Grading"].map(grades).tolist() == clean["grade"].tolist()
    assert raw["Statement of finding"].tolist() == clean["statement"].tolist()
    assert raw["Service"].fillna("").tolist() == clean["service"].tolist()
    odd = {"F040", "F043", "F044", "F047"}
    for cell, row in zip(raw["Clause"], clean.itertuples(), strict=True):
        assert row.finding_id in odd or str(cell) == row.clause_as_cited


def test_thirty_of_189_cells_were_not_examined_since_the_decision() -> None:
    cover = sheet(PROGRAMME, "Coverage")
    seen = cover[cover["Examined"] == "yes"]
    leaves = set(seen.loc[seen["Audit no"] == "AU-2", "Clause"])
    assert len(leaves) == 63
    assert seen[seen["Audit no"] == "AU-1"].groupby("Site")["Clause"].nunique().to_dict() == {"A": 39, "B": 39}
    later = seen[seen["Audit no"].isin(["AU-3", "AU-4"])].groupby("Site")["Clause"].agg(set)
    untouched = {site: sorted(leaves - later[site]) for site in "ABC"}
    assert {site: len(cells) for site, cells in untouched.items()} == {"A": 7, "B": 13, "C": 10}
    assert untouched["A"] == ["8.2.2", "8.2.5", "8.4.1", "8.4.2", "8.5.2.1", "8.5.2.2", "8.5.2.3"]


def test_coverage_minutes_add_up_to_the_days_of_every_visit() -> None:
    cover = sheet(PROGRAMME, "Coverage")
    spent = cover.dropna(subset=["Minutes"]).groupby(["Audit no", "Site"])["Minutes"].sum() / 480
    assert spent.to_dict() == {
        ("AU-1", "A"): 2.5, ("AU-1", "B"): 1.5, ("AU-2", "A"): 4, ("AU-2", "B"): 2, ("AU-2", "C"): 2,
        ("AU-3", "A"): 2, ("AU-3", "B"): 1.5, ("AU-4", "A"): 2, ("AU-4", "C"): 1.5,
    }  # fmt: skip
    days = sheet(PROGRAMME, "Audits").set_index("Audit no")["MD"]
    assert days.to_dict() == {"AU-1": 4, "AU-2": 8, "AU-3": 3.5, "AU-4": 3.5}
    assert all(isinstance(cell, int) for cell in cover["Minutes"].dropna())


@pytest.fixture(scope="module")
def actions() -> pd.DataFrame:
    log = sheet("Corrective actions 2020-2023.xlsx", "CA log")
    for name in ("Due date", "Completed", "Verified"):
        log[name] = pd.to_datetime(log[name])
    facts = truth().assign(start=lambda frame: pd.to_datetime(frame["audit_start"]))
    return log.merge(
        facts[["finding_id", "start", "site", "clause_2018_expected"]], left_on="NCR no", right_on="finding_id"
    )


def test_eleven_of_24_reexamined_actions_saw_no_repeat(actions: pd.DataFrame) -> None:
    def key(clause: str) -> str:
        return ".".join(clause.split(".")[: 3 if clause.startswith("8") else 2])

    visited = {"A": ["AU-1", "AU-2", "AU-3", "AU-4"], "B": ["AU-1", "AU-2", "AU-3"], "C": ["AU-2", "AU-4"]}
    starts = truth().groupby("audit_id")["audit_start"].first().map(pd.Timestamp)
    cover = sheet(PROGRAMME, "Coverage")
    keys = cover[cover["Examined"] == "yes"].groupby(["Audit no", "Site"])["Clause"].agg(lambda c: set(map(key, c)))
    cells = actions.assign(key=actions["clause_2018_expected"].map(key))
    closed = cells[cells["Completed"].notna() & (cells["Completed"] >= cells["start"])]
    outcome: Counter[str] = Counter()
    for row in closed.itertuples():
        same = cells[(cells["key"] == row.key) & (cells["site"] == row.site) & (cells["start"] > row.Completed)]
        later = [a for a in visited[row.site] if starts[a] > row.Completed and row.key in keys[a, row.site]]
        outcome["repeat" if len(same) else "effective" if later else "not tested"] += 1
    assert outcome == {"effective": 11, "repeat": 13, "not tested": 4}


def test_open_late_and_on_time_actions(actions: pd.DataFrame) -> None:
    as_of = pd.Timestamp(2024, 3, 31)
    open_ones = actions[actions["Completed"].isna()].set_index("NCR no")
    assert list(open_ones.index) == ["F039", "F045", "F050", "F052", "F053"]
    overdue = (as_of - open_ones["Due date"]).dt.days
    assert overdue[["F039", "F045", "F050"]].tolist() == [548, 456, 152]
    assert overdue["F052"] < 0
    due = actions[(actions["Due date"] <= as_of) & (actions["NCR no"] != "F017")]
    late = due[due["Completed"] > due["Due date"]]
    assert late["NCR no"].tolist() == ["F006", "F018", "F041"]
    assert (len(due), int((due["Completed"] <= due["Due date"]).sum()), int(due["Completed"].notna().sum())) == (
        31,
        25,
        28,
    )
    verified = actions[actions["Verified"].notna()]
    assert set(verified["Effective (y/n)"]) == {"yes"}
    assert actions.loc[actions["Verified"].isna(), "Effective (y/n)"].isna().all()
    f015 = actions.set_index("NCR no").loc["F015"]
    repeat = pd.Timestamp(2022, 6, 14)
    assert ((repeat - f015["Verified"]).days, (repeat - f015["Completed"]).days) == (256, 277)


# --- services ---------------------------------------------------------------------------------------------------


def test_supplier_x_declines_from_month_14() -> None:
    rows = sheet("Service levels.xlsx", "Suppliers")
    carrier = rows[rows["Supplier"] == "Carrier X"]
    expected = [196, 197, 195, 196, 196, 197, 196, 195, 196, 197, 196, 195, 196, *range(194, 173, -2)]
    assert carrier["Met"].tolist() == expected
    assert set(carrier["Total"]) == {200}
    assert carrier["Month"].tolist()[:2] == ["Apr 2022", "May 2022"]
    assert sum(expected) / 4800 == pytest.approx(0.9525)
    contracts = sheet("Contracts and documents.xlsx", "Contracts").set_index("Contract no")
    pair = contracts.loc[["CON-01", "SLA-03"]]
    assert pair["Target"].tolist() == [0.98, 0.99]
    assert pair["Measure"].nunique() == pair["Service"].nunique() == 1


def test_a_month_of_s8_was_not_reported() -> None:
    rows = sheet("Service levels.xlsx", "Suppliers")
    cloud = rows.loc[rows["Supplier"] == "Hyperscaler", "Month"].tolist()
    assert len(cloud) == 23
    assert "Aug 2023" not in cloud
    available = sheet("Service levels.xlsx", "Availability")
    months = pd.to_datetime(available.loc[available["Service"] == "S8", "Month"])
    assert set(range(1, 25)) - set(month_of(months)) == {17}


def test_changes_by_site_unapproved_and_emergency(changes: pd.DataFrame) -> None:
    second = changes[changes["year"] == 2].groupby("site")
    assert second.size().to_dict() == {"A": 240, "B": 180, "C": 160}
    assert second["unapproved"].sum().to_dict() == {"A": 2, "B": 9, "C": 1}
    assert second["Emergency"].agg(lambda flags: int((flags == "yes").sum())).to_dict() == {"A": 19, "B": 36, "C": 13}
    first = changes[changes["year"] == 1].groupby("site")
    assert first.size().to_dict() == {"A": 228, "B": 168, "C": 152}
    assert first["unapproved"].sum().to_dict() == {"A": 2, "B": 3, "C": 1}
    assert set(changes["Type"]) == {"Normal", "Emergency"}
    assert ((changes["Type"] == "Emergency") == (changes["Emergency"] == "yes")).all()
    nine = changes[(changes["year"] == 2) & (changes["site"] == "B") & changes["unapproved"]]
    assert (int(nine["Approved"].isna().sum()), int((nine["Type"] == "Emergency").sum())) == (2, 2)
    assert changes["Change no"].is_unique
    assert (changes["Requested"] <= changes["Actual start"]).all()
    assert (changes["Actual end"] < END).all()


def test_major_incidents_by_service_and_window(incidents: pd.DataFrame) -> None:
    majors = incidents[incidents["major"]].groupby("service")["month"].agg(list)
    assert sum(month <= 18 for month in majors["S7"]) == 2
    assert sum(month > 18 for month in majors["S7"]) == 6
    assert [sum(month <= 12 for month in majors["S4"]), sum(month > 12 for month in majors["S4"])] == [1, 3]
    others = {service: sum(month > 18 for month in months) for service, months in majors.items() if service != "S7"}
    assert max(others.values()) == 1


def test_one_cluster_has_no_problem_record(incidents: pd.DataFrame) -> None:
    problems = sheet("Problems.xlsx", "Problems")
    without = []
    for cell, group in incidents.sort_values("opened").groupby(["service", "ci", "category"]):
        opened = group["opened"].tolist()
        if any(last - first <= pd.Timedelta(days=90) for first, last in zip(opened, opened[2:], strict=False)):
            if group["problem"].isna().all():
                without.append((cell, len(group), opened[-1] - opened[0]))
            else:
                assert group["problem"].isin(problems["Problem no"]).all()
    assert [(cell, n) for cell, n, _ in without] == [(("S6", "STO-B-04", "Storage latency"), 11)]
    assert without[0][2] <= pd.Timedelta(days=90)
    assert "STO-B-04" not in set(problems["CI"])


def test_the_erp_cohort_of_quarter_8(incidents: pd.DataFrame) -> None:
    cohort = incidents[(incidents["service"] == "S2") & (incidents["priority"] == "P2") & (incidents["month"] >= 22)]
    hours = (cohort["resolved"] - cohort["opened"]).dt.total_seconds() / 3600
    assert hours.value_counts().to_dict() == {4.0: 30, 10.0: 15, 40.0: 10}
    waiting = cohort[cohort["resolved"].isna()]
    assert len(waiting) == 45
    assert (pd.Timestamp(2024, 3, 31) - waiting["opened"]).min() > pd.Timedelta(hours=72)
    assert hours.mean() == pytest.approx(12.18, abs=0.005)


def test_the_service_desk_month_and_year(incidents: pd.DataFrame) -> None:
    desk = incidents[(incidents["service"] == "S5") & (incidents["month"] > 12)]
    gross = (desk["resolved"] - desk["opened"]).dt.total_seconds() / 60
    deadline = desk["opened"] + pd.to_timedelta(desk["target"] + desk["paused"], unit="min")
    in_time, late = desk["resolved"] <= deadline, desk["resolved"] > deadline
    # Whether the day of the review counts or not, the numbers are the same.
    for moment in (END, END - pd.Timedelta(days=1)):
        breached = desk["resolved"].isna() & (deadline < moment)
        last = desk["month"] == 24
        assert [int((last & part).sum()) for part in (in_time, late, breached)] == [60, 4, 12]
        assert int((last & desk["resolved"].isna() & ~breached).sum()) == 24
        settled = deadline < moment
        assert int(settled.sum()) == 1000
        assert int((settled & desk["met"].eq(True)).sum()) == 975  # the flag as it stands
        assert int((settled & (desk["paused"] > 0)).sum()) == 220
        assert int((settled & (gross <= desk["target"])).sum()) == 840
    assert int(desk["met"].notna().sum()) == 1000
    assert int((desk["month"] == 24).sum()) == 100
    assert (desk["met"].eq(True) == in_time).all()


def test_attainment_by_priority_adds_up_to_the_years() -> None:
    rows = sheet("Service levels.xlsx", "By priority")
    months = month_of(pd.to_datetime(rows["Month"]))
    sums = rows.assign(year=(months > 12) + 1).groupby(["year", "Priority"])[["Met", "Total"]].sum()
    assert [tuple(pair) for pair in sums.to_numpy()] == [
        (40, 50), (255, 300), (1380, 1500), (1140, 1150), (42, 56), (249, 304), (1260, 1400), (3201, 3240),
    ]  # fmt: skip
    assert (
        rows["Attainment %"].astype(float) - 100 * rows["Met"].astype(float) / rows["Total"].astype(float)
    ).abs().max() < 0.051


def test_outages_of_s6_in_the_month_of_the_wrong_report() -> None:
    outages = sheet("Outages 2022-24.xlsx", "Outages")
    for name in ("Service lost", "Service restored"):
        outages[name] = pd.to_datetime(outages[name])
    outages["length"] = (outages["Service restored"] - outages["Service lost"]).dt.total_seconds() / 60
    s6 = outages[(outages["Service"] == "S6")].assign(month=lambda frame: month_of(frame["Service lost"]))
    november = s6[s6["month"] == 20]
    coded = november["Excluded as"] == "maintenance"
    assert november.loc[coded, "length"].sum() == 840
    assert november.loc[~coded, "length"].sum() == pytest.approx(21.6)
    assert november["Change no"].isna().all()
    covered = outages[(outages["Excluded as"] == "maintenance") & outages["Change no"].notna()]
    assert len(covered) == int((outages["Excluded as"] == "maintenance").sum()) - 2
    report = sheet("Service levels.xlsx", "Availability")
    months = month_of(pd.to_datetime(report["Month"]))
    assert report.loc[(report["Service"] == "S6") & (months == 20), "Reported"].tolist() == ["99.95 %"]
    # D-16: the only overlap of all, in another month.
    october = s6[s6["month"] == 7]
    assert (october["Service restored"].max() - october["Service lost"].min()).total_seconds() / 60 == 180
    assert october["length"].sum() == 240
    for _, group in outages.sort_values("Service lost").groupby("Service"):
        ends = zip(group["Service restored"], group["Service lost"].shift(-1).dropna(), strict=False)
        assert sum(end > start for end, start in ends) == (1 if group["Service"].iloc[0] == "S6" else 0)


def test_satisfaction_continuity_and_organisation_changes() -> None:
    csat = sheet("Satisfaction.xlsx", "CSAT")
    months = month_of(pd.to_datetime(csat["Quarter from"]))
    s1 = csat[csat["Service"] == "S1"].assign(year=(months > 12) + 1).groupby("year")
    assert s1[["Surveys sent", "Answers", "Top two boxes"]].sum().to_numpy().tolist() == [
        [2000, 400, 320],
        [2000, 22, 20],
    ]
    tests = sheet("Continuity and organisation.xlsx", "Continuity tests")
    done = pd.to_datetime(tests["Tested on"])
    last = done.groupby(tests["Service"]).max()
    assert last["S7"] == pd.Timestamp(2022, 2, 24)
    assert (last.drop("S7") + pd.DateOffset(months=12) > pd.Timestamp(2024, 3, 31)).all()
    changes = sheet("Continuity and organisation.xlsx", "Organisation changes")
    assert changes["Clause affected"].tolist() == ["8.6.1", "8.5.2", "8.3.4"]


def test_december_peaks_of_s2_and_nothing_else(incidents: pd.DataFrame) -> None:
    counts = incidents.pivot_table(index="month", columns="service", values="number", aggfunc="count")
    assert counts["S2"].nlargest(2).index.tolist() == [21, 9]
    for service in counts.columns.drop("S2"):
        series = counts[service].astype(float)
        sigma = series.diff().abs().mean() / 1.128
        assert (series - series.mean()).abs().max() < 3 * sigma, service
        sides = (series > series.median()).tolist()
        assert sum(a != b for a, b in pairwise(sides)) >= 8, service


# --- defects ----------------------------------------------------------------------------------------------------


def test_defects_of_the_findings_register(findings: pd.DataFrame) -> None:
    by_id = findings.set_index("NCR no")
    again, total = findings.iloc[60], findings.iloc[61]
    original = by_id.loc["F005"]
    assert len(findings) == 62
    assert (again["NCR no"], again["Clause"]) == ("F005 ", "7.2 ")
    assert again["Statement of finding"].rstrip() == original["Statement of finding"] != again["Statement of finding"]
    assert (total["NCR no"], total["Audit no"], total["row"]) == ("Total", None, 69)
    numeric = findings[findings["Clause"].map(lambda cell: isinstance(cell, float | int))]
    assert dict(zip(numeric["NCR no"], numeric["Clause"], strict=True)) == {"F003": 8.1, "F004": 8.2, "F005": 7.2}
    assert by_id.loc["F040", "Clause"] == dt.datetime(2003, 6, 8)
    assert by_id.loc[["F047", "F044", "F043"], "Clause"].tolist() == ["8.5.3.", "Cl. 8.6.1", "8.2.6\u200b"]
    assert {"HQ", "Site A", "A-Aarlund", "B-Brekke", "Brekke ", "NOC", "C-Corvo"} <= set(findings["Site"].dropna())
    assert {"mNC", "NC-B", "PF", "AFI"} <= set(findings["Grading"].dropna())
    assert set(findings.loc[findings["Audit no"].isin(["AU-1", "AU-1 "]), "Edition"]) == {None}
    assert findings.loc[findings["Audit no"].isin(["AU-2", "AU-3", "AU-4"]), "Edition"].eq(2018).all()
    assert sheet(PROGRAMME, "Audits")["Standard"].isna().tolist() == [True, False, False, False]


def test_the_date_clause_is_shown_as_a_clause_would_be() -> None:
    cells = openpyxl.load_workbook(HALDEN / PROGRAMME)["Findings"]
    date = next(row[5] for row in cells.iter_rows() if row[0].value == "F040")
    assert (date.is_date, date.number_format) == (True, "dd.mm.yy")


def test_defects_of_the_action_log(actions: pd.DataFrame) -> None:
    log = actions.set_index("NCR no")
    assert log.loc["F017", "Completed"] == pd.Timestamp(2021, 5, 30) < log.loc["F017", "start"]
    assert log.index[log["Due date"].isna()].tolist() == ["F053"]
    assert log.index[log["Completed"].notna() & log["Verified"].isna()].tolist() == ["F024", "F040", "F043", "F051"]


def test_the_old_sheet_is_hidden() -> None:
    book = openpyxl.load_workbook(HALDEN / PROGRAMME)
    assert [name for name in book.sheetnames if book[name].sheet_state != "visible"] == ["old"]
    assert set(sheet(PROGRAMME, "old")["Audit no"]) == {"AU-0"}


def test_supplier_values_come_in_three_units_that_agree_with_the_counts() -> None:
    rows = sheet("Service levels.xlsx", "Suppliers")
    kinds: Counter[str] = Counter()
    for cell, met, total in zip(rows["Reported"], rows["Met"], rows["Total"], strict=True):
        text = isinstance(cell, str)
        share = float(cell.removesuffix(" %").replace(",", ".")) / 100 if text else cell / 100 if cell > 1 else cell
        kinds["text" if text else "percent" if cell > 1 else "share"] += 1
        assert share == pytest.approx(met / total, abs=0.0006)
    assert len(kinds) == 3
    assert {0.98, 98, "98,0 %"} <= set(rows["Reported"])


def test_one_date_column_mixes_the_orders_and_the_others_do_not(old_tool: pd.DataFrame) -> None:
    for header in ("Opened", "Resolved at", "Closed", "First response"):
        texts = old_tool[header].dropna()
        assert texts.map(lambda cell: isinstance(cell, str)).all()
        parts = texts.str.extract(r"(\d\d)/(\d\d)/").astype(int)
        assert (parts[0] > 12).any()
        assert bool((parts[1] > 12).any()) == (header == "First response")


def test_the_annex_uses_na_as_a_site_code() -> None:
    assert text_file(ANNEX, delimiter=";")["Site code"].value_counts().to_dict() == {"NA": 49, "HQ": 16}


def test_migrated_tickets_and_numbers_issued_twice(old_tool: pd.DataFrame) -> None:
    new = text_file(NEW_TOOL, delimiter=",").set_index("number")
    old = old_tool.set_index("Ticket no")
    assert old.index.is_unique
    assert new.index.is_unique
    shared = old.index.intersection(new.index)
    opened = pd.to_datetime(old.loc[shared, "Opened"], format="%d/%m/%Y %H:%M")
    resolved = pd.to_datetime(old.loc[shared, "Resolved at"], format="%d/%m/%Y %H:%M")
    same = opened == pd.to_datetime(new.loc[shared, "opened_at"])
    assert same.value_counts().to_dict() == {True: 12, False: 4}
    migrated = shared[same.to_numpy()]
    assert (old.loc[migrated, "Service"].map(SERVICES) == new.loc[migrated, "business_service"].map(SERVICES)).all()
    assert (old.loc[migrated, "Site"].map(SITES) == new.loc[migrated, "location"].map(SITES)).all()
    assert (
        resolved[migrated].dropna() == pd.to_datetime(new.loc[migrated, "resolved_at"].replace("", None)).dropna()
    ).all()


def test_links_point_to_records_that_exist(incidents: pd.DataFrame, changes: pd.DataFrame) -> None:
    numbers = set(changes["Change no"])
    assert set(incidents["change"].dropna()) <= numbers
    assert set(changes["Incident no"].dropna()) <= set(incidents["number"])
    assert set(incidents["problem"].dropna()) == set(sheet("Problems.xlsx", "Problems")["Problem no"])
    assert set(sheet("Outages 2022-24.xlsx", "Outages")["Change no"].dropna()) <= numbers
