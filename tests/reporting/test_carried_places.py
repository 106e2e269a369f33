"""The list for the next audit: the worst open finding leads its place, and what was planned stands once."""

import pandas as pd
from reported_engagement import PLAN, made, small_lab, small_tables

from auditlab import reporting
from auditlab.publish.formats import column_formats

NAMES = ["finding_id", "audit_id", "site", "clause", "grade", "statement"]


def carried(*findings, actions=(), plan=(), **settings):
    """The list after findings of AU-2 and AU-3, each ``finding, audit, site, clause, grade``."""
    rows = pd.DataFrame([(*one, f"What {one[0]} says") for one in findings], columns=NAMES)
    register = pd.DataFrame(actions, columns=["finding_id", "due_original", "completed", "verified"])
    lab = small_lab(
        findings=rows.assign(edition="2018", clause_as_cited=rows["clause"]), corrective_actions=register, **settings
    )
    report = made(lab, *plan)
    return reporting.follow_up_story(lab, report, ()).carried


MAJOR = ("N1", "AU-3", "A", "8.5.1.2", "major")
MINOR = ("N2", "AU-3", "A", "8.5.1.3", "minor")
VERIFIED = ("N2", "2024-08-01", "2024-07-01", "2024-07-05")


def test_an_open_major_leads_its_place_and_a_minor_of_the_same_audit_is_no_earlier_one():
    table = carried(MAJOR, MINOR, actions=[("N1", "2024-08-01", None, None), VERIFIED])
    row = table.iloc[0]
    assert row[["finding_id", "grade", "what", "earlier"]].tolist() == ["N1", "major", "What N1 says", ""]
    assert row["why"] == (
        "corrective action overdue; raised in the previous audit; in the same audit: N2 (minor, verified)"
    )
    assert (table["kind"] == "nonconformity").sum() == 1


def test_an_open_major_of_an_earlier_audit_leads_before_a_newer_minor():
    older = ("N1", "AU-2", "A", "8.5.1.2", "major")
    row = carried(older, MINOR, actions=[("N1", "2024-08-01", None, None)]).iloc[0]
    assert (row["finding_id"], row["grade"], row["earlier"]) == ("N1", "major", "")
    assert "later there: N2 (minor, no action recorded)" in row["why"]


def test_of_minors_the_open_one_leads_and_then_the_longest_overdue():
    other = ("N3", "AU-3", "A", "8.5.1.1", "minor")
    late = [("N2", "2024-05-01", None, None), ("N3", "2024-04-01", None, None)]
    assert carried(MINOR, other, actions=late).iloc[0]["finding_id"] == "N3"
    assert carried(MINOR, other, actions=[VERIFIED, late[1]]).iloc[0]["finding_id"] == "N3"


def test_every_open_major_of_a_place_keeps_its_line():
    further = ("N3", "AU-3", "A", "8.5.1.1", "major")
    table = carried(MAJOR, MINOR, further, actions=[("N3", "2024-04-01", None, None), VERIFIED])
    majors = table[table["grade"] == "major"]
    assert majors["finding_id"].tolist() == ["N3", "N1"]
    assert majors["order"].tolist() == [1, 2]
    assert majors["what"].tolist() == ["What N3 says", "What N1 says"]


def test_two_hundred_findings_hide_no_major():
    clauses = [f"8.{a}.{b}" for a, b in ((2, 1), (2, 2), (3, 2), (3, 3), (4, 1), (5, 1), (6, 1), (7, 2))]
    found = [
        (f"N{n:03d}", "AU-3", "A", clauses[n % 8], "major" if n % 29 == 7 else "minor") for n in range(200)
    ]  # fmt: skip
    table = carried(*found, actions=[(f"N{n:03d}", "2024-04-01", None, None) for n in range(0, 200, 2)])
    led = table[table["kind"] == "nonconformity"]
    assert set(led.loc[led["grade"] == "major", "finding_id"]) == {f"N{n:03d}" for n in range(7, 200, 29)}
    first_minor = led.loc[led["grade"] == "minor", "order"].min()
    assert led.loc[led["grade"] == "major", "order"].max() < first_minor


def test_a_major_of_whose_action_nobody_knows_anything_is_still_carried():
    seen_again = ("N1", "AU-1", "A", "8.5.1.2", "major")
    row = carried(seen_again).iloc[0]
    assert (row["finding_id"], row["why"]) == ("N1", "not verified; its action: unknown")


def test_what_was_planned_and_not_examined_stands_with_the_area_and_not_a_second_time():
    cells = (*PLAN, ("B", "7.2", "priority", 30, 0.3), ("B", "7.5", "priority", 30, 0.3))
    stated = {"deviations": ("7.5 at B: the archive was closed",), "not_covered": {"site B": "visited in 2025"}}
    table = carried(plan=cells, report=stated)
    assert "planned, not examined" not in set(table["kind"])
    rows = table[table["kind"] == "not covered"].set_index("site")
    assert rows.loc["B", "why"] == "visited in 2025; planned: 3 clauses; 7.5: the archive was closed"
    assert rows.loc["A", "why"].tolist() == ["reason not stated; it was planned", "reason not stated"]


def test_planned_cells_that_were_not_examined_stand_in_one_row_of_the_deviations_by_site_and_reason():
    cells = (*PLAN, ("B", "7.2", "priority", 30, 0.3), ("B", "7.5", "priority", 40, 0.3))
    report = made(small_lab(report={"deviations": ("7.5 at B: the archive was closed",)}), *cells)
    rows = report.deviations[report.deviations["kind"] == "not examined"].set_index("clause")
    assert rows.loc["7.2 9.2", ["site", "cells", "planned_minutes", "what"]].tolist() == [
        "B", 2, 45, "2 clauses planned and not examined",
    ]  # fmt: skip
    assert rows.loc["7.5", ["reason", "cells"]].tolist() == ["the archive was closed", 1]
    told = " ".join(report.elements.loc[report.elements["element"] == "deviations", "text"])
    assert "Planned and not examined (3): 7.2 at B, 9.2 at B, 8.4.1 at A; reason not stated." in told
    assert len(rows) == 3


def test_many_cells_of_one_site_are_counted_in_the_sentence_on_deviations():
    cells = tuple(("B", clause, "priority", 10, 0.1) for clause in ("4.1", "4.2", "4.3", "4.4"))
    told = " ".join(made(small_lab(), *cells).elements.query("element == 'deviations'")["text"])
    assert "Planned and not examined (4): 4 clauses at B; reason not stated." in told


def test_every_finding_says_when_its_place_was_last_examined():
    lab = small_lab()
    table = reporting.follow_up_story(lab, made(lab), ()).carried.set_index("finding_id")
    assert table.loc["F6", "kind"] == "grade to settle"
    assert table.loc[["F4", "F5", "F6"], "since"].dt.strftime("%Y-%m-%d").tolist() == [
        "2023-03-08", "2024-03-06", "2024-03-06",
    ]  # fmt: skip


def test_verified_in_the_register_is_not_yet_tested_by_an_audit():
    why = carried(MAJOR, actions=[("N1", "2024-08-01", "2024-07-01", "2024-07-05")])["why"].iloc[0]
    assert why == "raised in the previous audit; verified in the register, not yet tested by an audit"


def test_what_has_no_place_is_not_said_to_be_missing():
    only = {name: small_tables()[name].query("audit_id == 'AU-3'") for name in ("audits", "coverage", "findings")}
    lab = small_lab(**only, report={"unresolved": ["Who owns the tool is open."]})
    table = reporting.follow_up_story(lab, made(lab), ()).carried
    form = next(one for one in column_formats(table, table="carry_forward") if one.name == "since")
    said = [own.text(value) for own, value in zip(form.by_row(table), table["since"], strict=True)]
    told = dict(zip(table["kind"], said, strict=True))
    assert told == {"nonconformity": "2024-03-06", "grade to settle": "2024-03-06", "not covered": "not on record",
                    "action without its finding": "–", "unresolved": "–"}  # fmt: skip
