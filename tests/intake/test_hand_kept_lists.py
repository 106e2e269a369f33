"""Lists of findings as people keep them: led from the file to an engagement by `auditlab check` alone."""

import datetime as dt
import tomllib

import openpyxl
import pytest
from engagements import AUDIT_HEADERS, Folder, cells_of

from auditlab.cli import main
from auditlab.errors import EngagementError
from auditlab.intake import open_engagement
from auditlab.intake.aliases import common_headers
from auditlab.intake.common_headers import likely_headers
from auditlab.intake.mapping_file import write_proposals
from auditlab.intake.mapping_lines import mapping_lines
from auditlab.tables import table_specs

BASE = 'client = "C"\nas_of = 2024-09-30\n'
GRADES = '[grades]\n"NC+" = "major"\n"NC-" = "minor"\n"Rec" = "ofi"\n'
INTERNAL = '[answers]\n"audit_type" = "internal"\n'
BY_SITE = '"audits" = "day and site"\n'
HEADERS = (
    "No.", "Audit date", "Where", "Std. ref", "What we saw", "Class", "Who fixes it", "by when", "Done on", "Remark",
)  # fmt: skip
SPRING, NEXT = dt.date(2023, 3, 1), dt.date(2024, 3, 4)


def row(number, *, day=SPRING, site="Oslo", grade="NC-", done=None, due=dt.date(2024, 6, 1), clause="8.5.1"):
    return (number, day, site, clause, f"Thing {number} was not recorded", grade, "A. Berg", due, done, "")


LIST = [
    ("Internal audits - findings list 2023/24",),
    (),
    HEADERS,
    row(1, done=dt.date(2023, 5, 2)),
    row(2, site="Bergen", grade="NC+", clause="8.6.1"),
    row(3, day=NEXT, grade="Rec", due=None, clause="8.7.3.2"),
    row(4, day=NEXT, site="Bergen", clause="8.7.2"),
]


@pytest.fixture
def hand_kept(tmp_path):
    """A function that opens a folder with the list and the given settings."""

    def opened(settings="", rows=LIST, **sheets):
        Folder(tmp_path).settings(BASE + settings).workbook("list.xlsx", **(sheets or {"Liste": rows}))
        return open_engagement(tmp_path)

    return opened


def test_the_commonest_list_is_recognised_by_its_own_words(hand_kept):
    lab = hand_kept(GRADES + INTERNAL + BY_SITE)
    assert lab.open_questions.empty
    findings = lab.tables.findings
    assert findings["finding_id"].tolist() == ["1", "2", "3", "4"]
    assert findings["grade"].tolist() == ["minor", "major", "ofi", "minor"]
    assert findings["site"].tolist() == ["Oslo", "Bergen", "Oslo", "Bergen"]
    assert findings["clause"].tolist() == ["8.5.1", "8.6.1", "8.7.3.2", "8.7.2"]


def test_actions_on_the_rows_of_findings_are_corrective_actions(hand_kept):
    lab = hand_kept(GRADES + INTERNAL + BY_SITE)
    actions = lab.tables.corrective_actions.set_index("finding_id")
    assert actions["due_original"].notna().tolist() == [True, True, False, True]
    assert actions.loc["1", "completed"] == dt.datetime(2023, 5, 2)
    assert set(actions["owner"]) == {"A. Berg"}
    summary = lab.summary.set_index("table")
    assert summary.loc[["findings", "corrective_actions"], "loaded"].tolist() == [4, 4]
    assert "the same rows as the findings" in summary.loc["corrective_actions", "note"]
    assert set(lab.columns.loc[lab.columns["field"] == "", "header"]) == {"Remark"}


def test_a_finding_without_an_action_has_none(hand_kept):
    bare = (5, NEXT, "Oslo", "9.3", "Nothing was reviewed here", "Rec", None, None, None, "")
    lab = hand_kept(GRADES + INTERNAL + BY_SITE, rows=[*LIST, bare])
    assert lab.tables.corrective_actions["finding_id"].tolist() == ["1", "2", "3", "4"]
    assert lab.summary.set_index("table").loc["corrective_actions", "skipped"] == 1


def test_an_action_waits_with_its_finding(hand_kept):
    lab = hand_kept('[grades]\n"NC-" = "minor"\n')
    assert lab.tables.corrective_actions["finding_id"].tolist() == ["1", "4"]
    assert "the finding on the same row is left out" in set(lab.ledger["rule"])


def test_beside_a_log_of_actions_a_list_of_findings_is_not_read_for_them_unless_a_person_says_so(hand_kept):
    log = [("Finding ID", "Corrective action", "Due date"), ("1", "train", dt.date(2024, 1, 1))]
    lab = hand_kept(GRADES + INTERNAL + BY_SITE, Liste=LIST, Log=log)
    assert lab.tables.corrective_actions["source_sheet"].tolist() == ["Log"]
    said = '[mapping."list.xlsx"."Liste"]\ncompleted = "Done on"\n'
    lab = hand_kept(GRADES + INTERNAL + BY_SITE + said, Liste=LIST, Log=[log[0], ("9", "train", None)])
    assert set(lab.tables.corrective_actions["source_sheet"]) == {"Liste", "Log"}


def test_audits_named_by_day_are_asked_about_and_then_counted(hand_kept):
    asked = hand_kept(GRADES).open_questions
    assert asked["question"].tolist() == ["audits", "audit_type"]
    assert asked["proposal"].tolist() == ["day", "internal"]
    assert "(Bergen, Oslo)" in asked["asks"].iloc[0]
    assert not hand_kept(GRADES).has("audits")
    audits = hand_kept(GRADES + INTERNAL + '"audits" = "day"\n').tables.audits
    assert audits["audit_id"].tolist() == ["2023-03-01", "2024-03-04"]
    assert audits["start"].dt.date.tolist() == [SPRING, NEXT]
    assert set(audits["type"]) == {"internal"}
    # A site without a finding may have been visited too.
    assert audits["sites"].isna().all()


def test_an_audit_at_each_site_knows_its_site(hand_kept):
    lab = hand_kept(GRADES + INTERNAL + BY_SITE)
    named = ["2023-03-01/Bergen", "2023-03-01/Oslo", "2024-03-04/Bergen", "2024-03-04/Oslo"]
    assert lab.tables.audits["audit_id"].tolist() == named
    assert lab.tables.audits["sites"].tolist() == ["Bergen", "Oslo"] * 2
    assert set(lab.tables.findings["audit_id"]) == set(named)
    assert len(cells_of(lab, "(row)")) == 4, "the ledger tells of audits that no row lists"


def test_one_audit_may_be_of_another_type(hand_kept):
    own = '"audit_type/2023-03-01/Oslo" = "special"\n'
    audits = hand_kept(GRADES + INTERNAL + BY_SITE + own).tables.audits.set_index("audit_id")
    assert audits["type"].value_counts().to_dict() == {"internal": 3, "special": 1}
    assert audits.loc["2023-03-01/Oslo", "type"] == "special"


@pytest.mark.parametrize("answer", ['"audits" = "week"', '"audit_type" = "yearly"'])
def test_an_answer_about_audits_that_is_none_is_told(hand_kept, answer):
    with pytest.raises(EngagementError, match=r"is none of .*\. Write one"):
        hand_kept(f"{GRADES}[answers]\n{answer}\n")


def test_a_day_is_the_one_listed_audit_held_on_it(hand_kept):
    audits = [AUDIT_HEADERS, ("AU-7", "internal", SPRING, "Oslo, Bergen", 2, "2018")]
    lab = hand_kept(GRADES, Liste=LIST, Audits=audits)
    assert lab.tables.findings["audit_id"].tolist() == ["AU-7", "AU-7", "2024-03-04", "2024-03-04"]
    assert lab.tables.audits["audit_id"].tolist() == ["AU-7"]
    assert {new for _, _, rule, _, new in cells_of(lab, "audit_id") if "list of audits" in rule} == {"AU-7"}


def test_days_written_as_text_name_the_same_audit(hand_kept):
    rows = [*LIST[:4], row(2, day="01.03.2023"), row(3, day="spring 2023")]
    lab = hand_kept(GRADES + INTERNAL, rows=rows)
    assert lab.tables.findings["audit_id"].tolist() == ["2023-03-01", "2023-03-01", "spring 2023"]
    assert lab.tables.audits["audit_id"].tolist() == ["2023-03-01"]


def test_a_person_may_have_named_the_day_as_the_audit(hand_kept):
    said = '[mapping."list.xlsx"."Liste"]\naudit_id = "Audit date"\n'
    lab = hand_kept(GRADES + INTERNAL + BY_SITE + said)
    assert len(lab.tables.audits) == 4


def test_findings_of_audits_without_a_day_are_left_as_they_are(hand_kept):
    headers = ("Finding no", "Audit no", "Site", "Clause", "Grade", "Statement")
    lab = hand_kept(rows=[headers, ("F1", "A1", "Oslo", "8.5.1.3", "minor", "text of it")])
    assert not lab.has("audits")
    assert not lab.open_questions["question"].str.startswith("audit").any()


NUMBERS = ("No.", "Audit date", "Clause", "Statement", "Grade", "Due date")


def test_numbers_that_begin_anew_with_each_audit_are_told_apart_by_it(hand_kept):
    rows = [(n, day, "8.5.1", f"{day} {n} is missing", "minor", day) for day in (SPRING, NEXT) for n in (1, 2)]
    lab = hand_kept(INTERNAL, rows=[NUMBERS, *rows])
    names = ["2023-03-01/1", "2023-03-01/2", "2024-03-04/1", "2024-03-04/2"]
    assert lab.tables.findings["finding_id"].tolist() == names
    assert lab.tables.corrective_actions["finding_id"].tolist() == names
    assert lab.open_questions.empty


def test_a_number_that_stands_twice_in_one_audit_is_a_question(hand_kept):
    rows = [(1, SPRING, "8.5.1", f"text number {n}", "minor", None) for n in (1, 2)]
    asked = hand_kept(INTERNAL, rows=[NUMBERS, *rows]).open_questions
    assert "stands a second time" in asked["asks"].iloc[0]


def test_numbers_that_a_log_of_actions_refers_to_stay(hand_kept):
    rows = [(n, day, "8.5.1", f"{day} {n} is missing", "minor") for day in (SPRING, NEXT) for n in (1, 2)]
    log = [("Finding ID", "Corrective action", "Due date"), ("1", "train", dt.date(2024, 1, 1))]
    lab = hand_kept(INTERNAL, Liste=[NUMBERS[:-1], *rows], Log=log)
    assert "1" in set(lab.tables.findings["finding_id"])


def test_two_due_dates_in_one_cell_are_the_first_and_the_extended_one(hand_kept):
    headers = ("NCR no", "Corrective action", "Due")
    rows = [headers, ("1", "train", "2023-08-01 / 2023-10-15"), ("2", "train", "2023-09-01"), ("3", "x", "soon")]
    lab = hand_kept(rows=rows)
    actions = lab.tables.corrective_actions
    assert actions["due_original"].dt.strftime("%m-%d").fillna("").tolist() == ["08-01", "09-01", ""]
    assert actions["due_current"].dt.strftime("%m-%d").fillna("").tolist() == ["10-15", "", ""]
    (told,) = [cell for cell in cells_of(lab, "due_original") if cell[2].startswith("two dates")]
    assert told[3] == "2023-08-01 / 2023-10-15"


def test_a_column_of_its_own_for_the_extension_stays(hand_kept):
    headers = ("NCR no", "Corrective action", "Due", "Extended to")
    lab = hand_kept(rows=[headers, ("1", "train", "2023-08-01 / 2023-10-15", dt.date(2023, 11, 1))])
    assert lab.tables.corrective_actions["due_current"].dt.month.tolist() == [11]


def test_a_german_list_under_merged_titles_keeps_what_was_found(tmp_path):
    """It was read as a log of corrective actions, and what was found stood nowhere."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Tabelle1"
    for title in ("Interne Audits – Feststellungen und Maßnahmen", "Stand 30.09.2024, gepflegt vom QM"):
        sheet.append([title])
        sheet.merge_cells(start_row=sheet.max_row, end_row=sheet.max_row, start_column=1, end_column=10)
    sheet.append([
        "Nr.", "Auditdatum", "Ort / Bereich", "Normkapitel", "Feststellung", "Art", "Maßnahme", "Wer", "Bis wann",
        "Erledigt am",
    ])  # fmt: skip
    sheet.append([1, "12.03.2023", "Köln", "8.5.1", "Freigabe fehlt", "HA", "Nachweis", "Meier", "01.07.2023", None])
    sheet.append([2, "04.06.2024", "Bonn", "8.6.1", "Ziel fehlt", "Obs", "Ziel setzen", "Meier", "2024-07-01", None])
    book.save(tmp_path / "f.xlsx")
    Folder(tmp_path).settings(BASE + '[answers]\n"audit_type" = "internal"\n')
    lab = open_engagement(tmp_path)
    assert lab.tables.findings["statement"].tolist() == ["Freigabe fehlt", "Ziel fehlt"]
    assert lab.tables.findings["grade"].tolist() == ["major", "observation"]
    assert lab.tables.audits["start"].dt.year.tolist() == [2023, 2024]
    assert lab.tables.corrective_actions["action"].tolist() == ["Nachweis", "Ziel setzen"]


def test_a_log_of_actions_beside_a_list_of_findings_stays_a_log(hand_kept):
    log = [
        ("Finding ID", "Clause", "Grade", "Description", "Corrective action", "Due date"),
        ("1", "8.5.1", "minor", "the text again", "train", dt.date(2024, 1, 1)),
    ]
    lab = hand_kept(GRADES + INTERNAL + BY_SITE, Liste=LIST, Log=log)
    assert lab.summary.set_index("sheet").loc["Log", "table"] == "corrective_actions"


SHEET = ("#", "Clause", "Finding", "Type", "Action", "Responsible", "Deadline", "Closed on")


def audit_sheet(title, year):
    rows = [(n, "8.5.1", f"Text {n} of {year}", "Minor", "do", "X. Y", dt.date(year, 6, n), None) for n in (1, 2)]
    return [(title,), (), SHEET, *rows]


SHEETS = {"IA 22": audit_sheet("Audit 2022-03-12, Lyon", 2022), "IA 23": audit_sheet("Audit 14.03.2023, Lyon", 2023)}


def test_a_sheet_for_each_audit_is_led_by_its_name_and_title(hand_kept, tmp_path, capsys):
    asked = hand_kept(**SHEETS).open_questions
    assert asked["proposal"].tolist() == ["= IA 22", "= IA 23"]
    with pytest.raises(SystemExit, match="1"):
        main(["check", str(tmp_path)])
    capsys.readouterr()
    settings = tmp_path / "auditlab.toml"
    confirmed = settings.read_text(encoding="utf-8").replace('# "audit_', '"audit_')
    settings.write_text(confirmed + '[answers]\n"audit_type" = "internal"\n', encoding="utf-8")
    lab = open_engagement(tmp_path)
    assert lab.open_questions.empty
    assert lab.tables.audits["start"].dt.strftime("%Y-%m-%d").tolist() == ["2022-03-12", "2023-03-14"]
    assert lab.tables.findings["finding_id"].tolist() == ["IA_22/1", "IA_22/2", "IA_23/1", "IA_23/2"]
    assert lab.tables.findings["statement"].iloc[0] == "Text 1 of 2022"


NORWEGIAN = ("Løpenr", "Dato", "Sted", "Krav", "Avvik", "Alvorlighet", "Tiltak", "Ansvarlig", "Frist", "Utført")


def test_a_list_that_is_not_recognised_has_all_its_lines_ready_and_taking_every_hash_away_is_right(tmp_path, capsys):
    rows = [(n, SPRING, "Oslo", "8.5.1", f"Tekst {n} her", "minor", "gjør", "Kari", NEXT, None) for n in range(1, 5)]
    Folder(tmp_path).settings(BASE).workbook("list.xlsx", Ark1=[NORWEGIAN, *rows])
    with pytest.raises(SystemExit, match="1"):
        main(["check", str(tmp_path)])
    out = capsys.readouterr().out
    assert out.index("Which table is this sheet?") < out.index("What to do:") < out.index("check again")
    settings = tmp_path / "auditlab.toml"
    asked = settings.read_text(encoding="utf-8")
    uncommented = [line.removeprefix("#").removeprefix(" ") for line in asked.splitlines()]
    hint = [line for line in uncommented if line.startswith(("Proposed by", "check again"))]
    assert len(hint) == 2
    answers = ["[answers]", '"audit_type" = "internal"']
    settings.write_text("\n".join([*(line for line in uncommented if line not in hint), *answers]), encoding="utf-8")
    lab = open_engagement(tmp_path)
    assert lab.open_questions.empty
    assert [lab.has(name) for name in ("findings", "corrective_actions", "audits")] == [True] * 3
    settings.write_text(asked, encoding="utf-8")
    assert len(open_engagement(tmp_path).open_questions) == 1, "the answer is taken back"


def test_the_lines_name_every_column_once_the_required_ones_first():
    lines = mapping_lines("findings", read={"statement": "What"}, headers=("What", "Due date", "Colour"))
    keys = [key for line in lines if not line.startswith("#") for key in tomllib.loads(line)]
    spec, actions = table_specs()["findings"], table_specs()["corrective_actions"]
    own = [column.name for column in spec.columns if not column.kind.derived]
    assert keys[0] == "table"
    assert keys[1 : 1 + len(spec.required)] == list(spec.required)
    assert sorted(keys[1:]) == sorted([*own, *(name for name in actions.column_names if name != "finding_id")])
    assert '"statement" = "What"  # finding statement' in lines
    assert any('"due_original" = "Due date"' in line for line in lines)
    assert '# Headers that no line names: "Colour".' in lines


def test_remarks_between_the_lines_stay_comments_when_every_line_loses_its_hash(tmp_path):
    path = tmp_path / "auditlab.toml"
    write_proposals(path, {'[mapping."f"."s"]': ["# Needed:", '"site" = "Where"']})
    text = path.read_text(encoding="utf-8")
    assert "\n## Needed:\n" in text
    assert write_proposals(path, {'[mapping."f"."s"]': ["# Needed:", '"site" = "Where"']}) == 0
    assert path.read_text(encoding="utf-8") == text


def test_a_list_without_numbers_calls_its_findings_by_their_row(hand_kept):
    headers = ("Audit date", "Clause", "Statement", "Grade")
    rows = [headers, *((SPRING, "8.5.1", f"text number {n}", "minor") for n in (1, 2)), (None,) * 4]
    asked = hand_kept(INTERNAL, rows=rows).open_questions
    assert asked["proposal"].tolist() == ["= row"]
    lab = hand_kept(INTERNAL + '[mapping."list.xlsx"."Liste"]\nfinding_id = "= row"\n', rows=rows)
    assert lab.tables.findings["finding_id"].tolist() == ["Liste/2", "Liste/3"]
    assert lab.open_questions.empty


def test_a_table_that_a_person_names_gets_its_lines_whatever_its_headers(tmp_path, capsys):
    rows = [("Day", "Office", "Notes from the floor"), (SPRING, "Oslo", "Nobody had approved it")]
    said = '[mapping."list.xlsx"."A"]\ntable = "findings"\n'
    folder = Folder(tmp_path).settings(BASE).workbook("list.xlsx", A=rows, Liste=LIST)
    with pytest.raises(SystemExit, match="1"):
        main(["check", str(tmp_path)])
    assert '    If it is a table, add [mapping."list.xlsx"."A"] and below it' in capsys.readouterr().out
    folder.settings(BASE + said)
    with pytest.raises(SystemExit, match="1"):
        main(["check", str(tmp_path)])
    assert "as auditlab.toml says" in capsys.readouterr().out
    written = (tmp_path / "auditlab.toml").read_text(encoding="utf-8")
    assert written.startswith(BASE + said)
    assert '# "statement" = ""' in written
    assert '# "finding_id" = "= row"' in written


def test_lines_that_nobody_filled_in_say_nothing(hand_kept):
    said = '[mapping."list.xlsx"."Liste"]\nclient = ""\nsite = "..."\nevidence = " "\n'
    lab = hand_kept(GRADES + INTERNAL + BY_SITE + said)
    assert lab.open_questions.empty
    assert lab.tables.findings["site"].notna().all()


@pytest.mark.parametrize(
    ("line", "told", "proposal"),
    [
        ('evidence = "Remark text"', "the sheet has no header 'Remark text'", "Remark"),
        ('statement = "Colour"', "the sheet has no header 'Colour'", ""),
        ('evidence = "Remark + Where it was"', "the sheet has no header 'Where it was'", "none"),
        ('wher = "Where"', "the table 'findings' has no such column", "none"),
    ],
)
def test_a_line_that_names_what_is_not_there_is_asked_about(hand_kept, line, told, proposal):
    asked = hand_kept(f'{GRADES}{INTERNAL}{BY_SITE}[mapping."list.xlsx"."Liste"]\n{line}\n').open_questions
    (question,) = asked.to_dict("records")
    assert told in question["asks"]
    assert question["proposal"] == proposal


def test_a_header_that_is_misspelt_in_the_settings_is_read_like_one_of_the_file(hand_kept):
    headers = tuple("Notes from the floor" if header == "What we saw" else header for header in HEADERS)
    said = '[mapping."list.xlsx"."Liste"]\ntable = "findings"\nstatement = "Notes from the flor"\n'
    lab = hand_kept(GRADES + INTERNAL + BY_SITE + said, rows=[headers, *LIST[3:]])
    assert lab.tables.findings["statement"].iloc[0] == "Thing 1 was not recorded"
    assert lab.open_questions.empty
    assert "header 'Notes from the floor' read as 'statement', 97 % like" in lab.summary["note"].iloc[0]


def test_a_column_that_was_read_wrongly_is_denied_by_one_line(hand_kept):
    said = '[mapping."list.xlsx"."Liste"]\nsite = "none"\ncompleted = "none"\n'
    lab = hand_kept(GRADES + INTERNAL + said)
    assert lab.tables.findings["site"].isna().all()
    assert lab.tables.corrective_actions["completed"].isna().all()


def test_common_headers_tell_no_table_and_a_pair_of_them_is_left_to_a_person(hand_kept):
    rows = [("No.", "Where", "What", "By when"), *((n, "Oslo", "paint", NEXT) for n in range(4))]
    lab = hand_kept(rows=rows)
    assert not lab.has("findings")
    assert not lab.has("corrective_actions")
    assert likely_headers("findings", ("No.", "Ref", "Where")) == {"site": "Where"}
    assert likely_headers("findings", ("Yes", "No", "Where")) == {"site": "Where"}


@pytest.mark.parametrize("table", ["findings", "corrective_actions"])
def test_common_headers_are_of_columns_that_there_are(table):
    assert common_headers(table)
    assert set(common_headers(table).values()) <= set(table_specs()[table].column_names)
