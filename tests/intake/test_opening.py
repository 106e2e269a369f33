"""Opening an engagement: what is loaded, what is asked, what is refused, and that every row is accounted for."""

import datetime as dt

import openpyxl
import pandas as pd
import pytest
from engagements import AUDIT, AUDIT_HEADERS, FINDING_HEADERS, SITES, cells_of, finding, rows_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditlab.errors import EngagementError
from auditlab.intake import open_engagement


def test_a_clean_register_is_loaded_without_question(register):
    lab = open_engagement(register(finding("F1"), finding("F2", site="HQ")))
    assert list(lab.tables.findings["site"]) == ["A", "A"]
    assert list(lab.tables.findings["clause"]) == ["8.5.1", "8.5.1"]
    assert lab.questions.empty
    assert lab.has("findings")
    assert not lab.has("coverage")


def test_an_unknown_site_rejects_its_row_with_a_proposal_and_not_the_file(register):
    lab = open_engagement(register(finding("F1"), finding("F2", site="Brekkee")))
    assert list(lab.tables.findings["finding_id"]) == ["F1"]
    question = lab.open_questions.iloc[0]
    assert (question["question"], question["proposal"]) == ("aliases.site/Brekkee", "B")
    assert question["setting"] == '[aliases.site] "Brekkee" = "B"'
    assert rows_of(lab, "findings")[3][0] == "rejected"


def test_an_answered_alias_loads_the_row_and_is_shown(register):
    lab = open_engagement(register(finding("F2", site="Brekkee"), settings='[aliases.site]\nBrekkee = "B"\n'))
    assert list(lab.tables.findings["site"]) == ["B"]
    assert lab.open_questions.empty
    assert lab.questions.iloc[0][["answer", "affects"]].tolist() == ["B", 1]


def test_a_site_called_na_is_a_word_and_never_missing(register):
    lab = open_engagement(register(finding("F1", site="NA"), settings='[aliases.site]\nNA = "A"\n'))
    assert list(lab.tables.findings["site"]) == ["A"]
    assert (2, "repaired", "alias", "NA", "A") in cells_of(lab, "site")


def test_an_ambiguous_grade_word_asks(register):
    lab = open_engagement(register(finding("F1", grade="PF")))
    assert lab.tables.findings.empty
    assert lab.open_questions.iloc[0]["proposal"] == "strength"
    assert "strength" in lab.open_questions.iloc[0]["asks"]


def test_a_clause_that_became_a_date_is_asked_with_its_proposal(register):
    path = register(finding("F1", clause=dt.date(2003, 6, 8)))
    lab = open_engagement(path)
    question = lab.open_questions.iloc[0]
    assert (question["question"], question["proposal"]) == ("clause/register.xlsx/Findings/F1", "8.6.3")
    assert list(lab.tables.findings["finding_id"]) == ["F1"], "a finding is never lost over its citation"
    assert lab.tables.findings["clause"].isna().all()


@pytest.mark.parametrize(("day", "proposal"), [(dt.date(2022, 4, 8), "8.4"), (dt.date(2022, 12, 31), "")])
def test_only_clauses_that_the_edition_has_are_proposed_for_a_date(register, day, proposal):
    question = open_engagement(register(finding("F1", clause=day))).open_questions.iloc[0]
    assert question["proposal"] == proposal
    assert "turned the number into a date" in question["asks"]


def test_the_answer_to_a_clause_question_is_used_and_ledgered(register):
    answer = '[answers]\n"clause/register.xlsx/Findings/F1" = "8.6.3"\n'
    lab = open_engagement(register(finding("F1", clause=dt.date(2003, 6, 8)), settings=answer))
    assert list(lab.tables.findings["clause"]) == ["8.6.3"]
    assert (2, "repaired", "clause as answered in auditlab.toml", "2003-06-08", "8.6.3") in cells_of(
        lab, "clause_as_cited"
    )


def test_an_answer_that_is_no_clause_is_named(register):
    answer = '[answers]\n"clause/register.xlsx/Findings/F1" = "the third"\n'
    path = register(finding("F1", clause=dt.date(2003, 6, 8)), settings=answer)
    with pytest.raises(EngagementError, match=r"\[answers\], 'clause/register.xlsx/Findings/F1'.*the third"):
        open_engagement(path)


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        (8.5, "clause stored as a number"),
        ("8.5.", "clause written with other signs"),
        ("Cl. 8.5", "clause written with other signs"),
        ("8.5\u200b", "invisible characters removed"),
    ],
)
def test_clauses_are_normalised_and_the_change_is_told(register, cell, rule):
    lab = open_engagement(register(finding("F1", clause=cell)))
    assert list(lab.tables.findings["clause"]) == ["8.5"]
    assert (2, "repaired", rule) in [entry[:3] for entry in cells_of(lab, "clause_as_cited")]


def test_a_clause_that_the_edition_does_not_have_is_counted_at_its_parent_and_flagged(register):
    lab = open_engagement(register(finding("F1", clause="8.5.1.9")))
    assert list(lab.tables.findings["clause"]) == ["8.5.1"]
    assert cells_of(lab, "clause")[0][2] == "the edition 2018 has no clause 8.5.1.9; counted at 8.5.1"


def test_a_total_row_a_blank_row_and_a_repeated_header_are_no_records(register):
    lab = open_engagement(
        register(
            finding("F1"), (), FINDING_HEADERS, finding("F2"), ("Total", None, None, None, None, None, "2 findings")
        )
    )
    assert [action for action, _ in rows_of(lab, "findings").values()] == [
        "loaded",
        "skipped",
        "skipped",
        "loaded",
        "rejected",
    ]


def test_a_finding_that_stands_twice_is_kept_once_and_asked(register):
    lab = open_engagement(register(finding("F1"), finding("F1 ", statement="x y  ")))
    assert len(lab.tables.findings) == 1
    assert lab.open_questions.iloc[0][["question", "proposal"]].tolist() == [
        "duplicate/register.xlsx/Findings/F1",
        "same",
    ]


def test_two_findings_under_one_id_are_not_merged(register):
    lab = open_engagement(register(finding("F1"), finding("F1", statement="something else")))
    assert rows_of(lab, "findings")[3][0] == "rejected"
    assert "give it a key of its own" in rows_of(lab, "findings")[3][1]
    assert lab.open_questions.iloc[0]["proposal"] == "different"


def test_the_edition_of_an_audit_is_inferred_from_all_its_clauses(folder):
    path = folder.workbook(
        "r.xlsx",
        Sites=SITES,
        Audits=[AUDIT_HEADERS, ("AU-1", "Surveillance", dt.date(2020, 6, 1), "A", 2, None)],
        Findings=[
            FINDING_HEADERS,
            finding("F1", edition=None, clause="9.2", statement="approval missing"),
            finding("F2", edition=None, clause="4.5.4.2"),
        ],
    ).path
    lab = open_engagement(path)
    assert list(lab.tables.findings["edition"]) == ["2011", "2011"]
    assert list(lab.tables.findings["clause"]) == ["8.5.1.3", "9.2"]
    assert list(lab.tables.audits["edition"]) == ["2011"]


def test_numbers_that_both_editions_use_do_not_decide_the_edition(folder):
    path = folder.workbook(
        "r.xlsx", Sites=SITES, Findings=[FINDING_HEADERS, finding("F1", edition=None, clause="9.2")]
    ).path
    lab = open_engagement(path)
    assert lab.open_questions.iloc[0]["question"] == "editions/AU-1"
    assert lab.tables.findings["clause"].isna().all()
    answered = open_engagement(path, editions={"AU-1": "2011"})
    assert list(answered.tables.findings["clause"]) == ["8.5.1.3"]


INCIDENTS = "number,opened_at,resolved_at,priority,business_service,location\n"


def test_day_and_month_are_told_apart_by_the_whole_column(folder):
    rows = "I1,03/04/2022 09:15,04/04/2022 10:00,P1,,A\nI2,13/04/2022 09:15,14/04/2022 10:00,P2,,A\n"
    lab = open_engagement(folder.text("i.csv", INCIDENTS + rows).path)
    assert list(lab.tables.incidents["opened"]) == [pd.Timestamp(2022, 4, 3, 9, 15), pd.Timestamp(2022, 4, 13, 9, 15)]
    assert lab.open_questions.iloc[0][["question", "proposal"]].tolist() == ["date_order/i.csv", "day-first"]
    assert open_engagement(lab.folder, date_order={"i.csv": "day-first"}).open_questions.empty


def test_dates_that_nothing_decides_are_not_guessed(folder):
    lab = open_engagement(folder.text("i.csv", INCIDENTS + "I1,03/04/2022,04/04/2022,P1,,A\n").path)
    assert lab.tables.incidents.empty
    assert "nothing tells day from month" in rows_of(lab, "incidents")[2][1]


def test_a_column_that_mixes_both_orders_is_refused_once_and_the_rest_is_loaded(folder):
    rows = "I1,2022-04-03,13/04/2022,P1,,A\nI2,2022-04-13,04/13/2022,P2,,A\n"
    lab = open_engagement(folder.text("i.csv", INCIDENTS + rows).path)
    assert len(lab.tables.incidents) == 2
    assert lab.tables.incidents["resolved"].isna().all()
    assert cells_of(lab, "resolved") == [
        (1, "rejected", "column refused: it mixes day-first and month-first dates", "2 filled cells", "left out")
    ]


def test_a_migrated_ticket_counts_once_and_a_reused_number_stands_twice(folder):
    old = "I1,2022-04-03 09:00,,P1,,A\nI2,2022-04-04 09:00,,P1,,A\n"
    new = "I1,2022-04-03 09:00,,P1,,A\nI2,2023-09-09 09:00,,P3,,A\n"
    lab = open_engagement(folder.text("old.csv", INCIDENTS + old).text("new.csv", INCIDENTS + new).path)
    kept = lab.tables.incidents.sort_values(["incident_id", "opened"])
    assert list(zip(kept["incident_id"], kept["source_system"], strict=True)) == [
        ("I1", "new"),
        ("I2", "old"),
        ("I2", "new"),
    ]
    assert lab.summary.set_index("file").loc["old.csv", ["loaded", "duplicate"]].tolist() == [1, 1]


def test_what_happened_after_the_as_of_date_is_not_known(register):
    path = register(finding("F1"))
    lab = open_engagement(path, as_of="2023-01-01")
    assert lab.tables.findings.empty
    assert rows_of(lab, "findings")[2] == ("skipped", "later than the as-of date")
    assert rows_of(lab, "audits")[2] == ("skipped", "later than the as-of date")


def test_a_hidden_sheet_is_reported_and_not_loaded(folder):
    folder.workbook("r.xlsx", Findings=[FINDING_HEADERS, finding("F1")], old=[FINDING_HEADERS, finding("F0")])
    book = openpyxl.load_workbook(folder.path / "r.xlsx")
    book["old"].sheet_state = "hidden"
    book.save(folder.path / "r.xlsx")
    lab = open_engagement(folder.path)
    assert list(lab.tables.findings["finding_id"]) == ["F1"]
    line = lab.summary.set_index("sheet").loc["old"]
    assert (line["seen"], line["skipped"], line["note"]) == (2, 2, "hidden sheet: reported, not loaded")


def test_hidden_rows_are_loaded_and_flagged(folder):
    folder.workbook("r.xlsx", Findings=[FINDING_HEADERS, finding("F1"), finding("F2")])
    book = openpyxl.load_workbook(folder.path / "r.xlsx")
    book["Findings"].row_dimensions[3].hidden = True
    book.save(folder.path / "r.xlsx")
    lab = open_engagement(folder.path)
    assert list(lab.tables.findings["finding_id"]) == ["F1", "F2"]
    assert (3, "flagged", "hidden or filtered row, loaded all the same", "", "") in cells_of(lab, "(row)")


def test_hidden_columns_are_loaded_and_flagged(folder):
    folder.workbook("r.xlsx", Findings=[FINDING_HEADERS, finding("F1")])
    book = openpyxl.load_workbook(folder.path / "r.xlsx")
    book["Findings"].column_dimensions["D"].hidden = True
    book.save(folder.path / "r.xlsx")
    lab = open_engagement(folder.path)
    assert list(lab.tables.findings["site"]) == ["A"]
    assert (1, "flagged", "hidden column, loaded all the same", "", "") in cells_of(lab, "site")


def test_rows_are_rejected_by_row_and_reason(register):
    lab = open_engagement(register(finding("F1"), finding("F2", statement=None)))
    assert rows_of(lab, "findings")[3] == ("rejected", "statement: empty")


def test_a_value_that_contradicts_its_counts_is_left_out(folder):
    rows = [
        ("Service", "Month", "Measure", "Met", "Total", "Reported"),
        ("S", "2022-04", "m", 196, 200, 98),
        ("S", "2022-05", "m", 50, 200, 98),
    ]
    lab = open_engagement(folder.workbook("s.xlsx", Levels=rows).path)
    assert lab.tables.sla_monthly["value"].tolist()[0] == pytest.approx(0.98)
    assert lab.tables.sla_monthly["value"].isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (lambda _: None, "holds no spreadsheet"),
        (lambda folder: folder.text("a.xlsx", b""), r"a\.xlsx: the file is empty"),
        (lambda folder: folder.text("a.xlsx", b"not a workbook"), r"a\.xlsx: not a readable workbook"),
        (lambda folder: folder.workbook("a.xlsx", Empty=[]), r"a\.xlsx: no cell of it is filled"),
        (lambda folder: folder.workbook("a.xlsx", Notes=[("hello", "world")]), "None of the sheets is recognised"),
        (lambda folder: folder.settings("as_of = tomorrow"), "not a valid TOML file"),
        (
            lambda folder: folder.settings("[grades]\na = 'ofi'\n[grades]\nb = 'ofi'"),
            "A section stands once in the file",
        ),
        (lambda folder: folder.settings("[grades]\na = 'ofi'\na = 'minor'"), "a line once in its section"),
        (lambda folder: folder.settings('as_of = "2024-13-01"'), "The setting 'as_of' is '2024-13-01'"),
        (lambda folder: folder.settings("as_of = 2024-03-31\ncolour = 1"), "There is no setting 'colour'"),
        (lambda folder: folder.settings('party = "first"'), "The setting 'as_of' is missing"),
        (lambda folder: folder.settings('client = "C"'), "the option --as-of DAY does the same"),
    ],
)
def test_what_cannot_be_used_is_said_in_one_sentence(folder, prepare, message):
    prepare(folder)
    with pytest.raises(EngagementError, match=message):
        open_engagement(folder.path)


def test_all_damaged_files_are_named_at_once(folder):
    folder.text("a.xlsx", b"x").text("b.xlsx", b"")
    with pytest.raises(EngagementError, match=r"(?s)a\.xlsx.*b\.xlsx"):
        open_engagement(folder.path)


def test_a_missing_folder_and_a_file_are_told_apart(tmp_path):
    with pytest.raises(EngagementError, match="There is no folder"):
        open_engagement(tmp_path / "nowhere")
    (tmp_path / "f.xlsx").write_bytes(b"x")
    with pytest.raises(EngagementError, match=r"is a file\. Name the folder"):
        open_engagement(tmp_path / "f.xlsx")


def test_a_sheet_without_a_required_column_is_a_question_and_its_answer_loads_it(folder):
    rows = [
        ("NCR no", "Audit no", "Clause", "Einordnung", "Statement of finding"),
        ("F1", "AU-1", "8.5.1", "minor", "x"),
    ]
    folder.workbook("r.xlsx", Sites=SITES, Audits=[AUDIT_HEADERS, AUDIT], Findings=rows)
    lab = open_engagement(folder.path)
    question = lab.open_questions.iloc[0]
    assert question["question"] == "mapping/r.xlsx/Findings/grade"
    assert "its row is left out" in question["asks"]
    assert rows_of(lab, "findings")[2] == ("rejected", "no column for grade")
    settings = 'as_of = 2024-03-31\n[mapping."r.xlsx"."Findings"]\ngrade = "Einordnung"\n'
    answered = open_engagement(folder.settings(settings).path)
    assert list(answered.tables.findings["grade"]) == ["minor"]
    assert answered.open_questions.empty


def test_a_sheet_can_be_left_out_and_a_wrong_table_is_named(register):
    path = register(finding("F1"), settings='[mapping."register.xlsx"."Findings"]\ntable = "none"\n')
    assert not open_engagement(path).has("findings")
    register(finding("F1"), settings='[mapping."register.xlsx"."Findings"]\ntable = "finding"\n')
    with pytest.raises(EngagementError, match="is mapped to 'finding', which is no table"):
        open_engagement(path)


def test_a_finding_without_a_grade_is_left_out_with_a_question(register):
    path = register(finding("F1"), finding("F2", grade=None))
    key = "empty/register.xlsx/Findings/3/grade"
    assert list(open_engagement(path).open_questions["question"]) == [key]
    assert open_engagement(path, answers={key: "leave out"}).open_questions.empty


def test_an_answer_that_nobody_asked_for_is_shown(register):
    lab = open_engagement(register(finding("F1"), settings='[answers]\n"clause/misspelt" = "8.1"\n'))
    line = lab.questions.iloc[0]
    assert (line["question"], line["affects"]) == ("clause/misspelt", 0)
    assert line["asks"].startswith("No question has this name")


def test_without_a_list_of_sites_a_name_that_no_audit_knows_is_asked(folder):
    rows = [FINDING_HEADERS, finding("F1"), finding("F2", site="A-Aarlund"), finding("F3", site="Mars")]
    path = folder.workbook("r.xlsx", Audits=[AUDIT_HEADERS, AUDIT], Findings=rows).path
    questions = open_engagement(path).open_questions.set_index("question")["proposal"]
    assert questions.to_dict() == {"aliases.site/A-Aarlund": "A", "aliases.site/Mars": "Mars"}
    assert open_engagement(path, aliases={"site": {"A-Aarlund": "A", "Mars": "Mars"}}).open_questions.empty


def test_columns_named_like_our_own_stay_out_of_the_way(folder):
    headers = ("NCR no", "Root cause", "Due date", "Completed", "known", "start", "Comment", "Comment")
    rows = [headers, ("F1", "c", dt.date(2023, 9, 1), None, "yes", "soon", "first", "second")]
    lab = open_engagement(
        folder.workbook(
            "r.xlsx", Sites=SITES, Audits=[AUDIT_HEADERS, AUDIT], Findings=[FINDING_HEADERS, finding("F1")], Log=rows
        ).path
    )
    given = lab.tables.corrective_actions.iloc[0]
    assert (given["given: known"], given["given: Comment"], given["given: Comment (2)"]) == ("yes", "first", "second")


def test_a_quoted_text_is_read_whole_however_far_down_it_stands(folder):
    plain = "".join(f'F{n},AU-1,8.5.1,minor,"a plain statement, number {n}"\n' for n in range(800))
    odd = 'F999,AU-1,8.5.1,minor,"The plan says ""none, yet"" and stops, there"\n'
    folder.text("f.csv", "NCR no,Audit no,Clause,Grade,Statement\n" + plain + odd)
    findings = open_engagement(folder.path).tables.findings.set_index("finding_id")
    assert findings.loc["F999", "statement"] == 'The plan says "none, yet" and stops, there'


def test_names_of_auditors_do_not_reach_the_ledger(folder):
    headers = (*AUDIT_HEADERS, "Lead auditor")
    folder.workbook("r.xlsx", Sites=SITES, Audits=[headers, (*AUDIT, "Petra Schmidt ")])
    lab = open_engagement(folder.path)
    assert list(lab.tables.audits["lead"]) == ["Petra Schmidt"]
    assert not lab.ledger.astype("str").apply(lambda column: column.str.contains("Schmidt")).to_numpy().any()


def test_a_report_below_the_engagement_is_never_read_as_input(register):
    path = register(finding("F1"))
    (path / "reports").mkdir()
    (path / "reports" / "findings.csv").write_text("NCR no,Audit no,Clause,Grade,Statement\nX,AU-1,8.1,minor,x\n")
    assert list(open_engagement(path).tables.findings["finding_id"]) == ["F1"]


def test_the_same_file_twice_changes_nothing(folder):
    rows = [
        ("Outage no", "Service", "Service lost", "Service restored"),
        ("O1", "S", dt.datetime(2022, 10, 18, 10), dt.datetime(2022, 10, 18, 12)),
    ]
    folder.workbook("a.xlsx", Outages=rows).workbook("b.xlsx", Outages=rows)
    lab = open_engagement(folder.path)
    assert len(lab.tables.outages) == 1
    assert lab.summary["duplicate"].tolist() == [0, 1]


def test_a_seed_is_never_repeated_in_a_message(folder):
    with pytest.raises(EngagementError, match="32 digits") as raised:
        open_engagement(folder.settings('as_of = 2024-03-31\nseed = "SECRET"\n').path)
    assert "SECRET" not in str(raised.value)


CELLS = st.one_of(
    st.none(),
    st.sampled_from(["A", "HQ", "Nowhere", "minor", "Major", "PF", "8.5.1", "8.2.", "Total", "2018", "=1+1", "x" * 40]),
    st.floats(min_value=0, max_value=100, allow_nan=False).map(lambda number: round(number, 2)),
    st.dates(min_value=dt.date(2000, 1, 1), max_value=dt.date(2030, 1, 1)),
    st.booleans(),
    st.text(alphabet="ab \u200b'\"-+=,;\n", max_size=5),
)


def holds_something(cell):
    return cell is not None and (not isinstance(cell, str) or cell.strip() != "")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(CELLS, max_size=8), max_size=12))
def test_every_row_of_any_sheet_is_accounted_for_once(register, rows):
    """Rows seen = loaded + rejected + skipped + duplicate, and seen is what the sheet holds below its header."""
    lab = open_engagement(register(*rows))
    line = lab.summary.set_index("sheet").loc["Findings"]
    assert line["seen"] == line["loaded"] + line["rejected"] + line["skipped"] + line["duplicate"]
    filled = [number for number, row in enumerate(rows, start=2) if any(holds_something(cell) for cell in row)]
    assert line["seen"] == max(filled, default=1) - 1
    assert line["loaded"] == len(lab.tables.findings)
    assert sorted(rows_of(lab, "findings")) == list(range(2, max(filled, default=1) + 1))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(6)), split=st.integers(min_value=0, max_value=6))
def test_neither_order_of_rows_nor_splitting_the_file_changes_what_is_loaded(folder, order, split):
    findings = [finding(f"F{number}", site="AB"[number % 2]) for number in range(6)]
    shuffled = [findings[index] for index in order]
    folder.workbook(
        "r1.xlsx", Sites=SITES, Audits=[AUDIT_HEADERS, AUDIT], Findings=[FINDING_HEADERS, *shuffled[:split]]
    )
    folder.workbook("r2.xlsx", Findings=[FINDING_HEADERS, *shuffled[split:]])
    loaded = open_engagement(folder.path).tables.findings
    columns = ["finding_id", "site", "clause", "grade"]
    assert loaded[columns].sort_values("finding_id").to_numpy().tolist() == [
        [f"F{number}", "AB"[number % 2], "8.5.1", "minor"] for number in range(6)
    ]
