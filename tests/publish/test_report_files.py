"""The Word draft, the page and the workbook say the same; long, many, one and no findings read well."""

import io
import json
import re
from dataclasses import replace
from html import unescape

import docx
import openpyxl
import pandas as pd
import pytest
from report_documents_read import RUN, findings, pages, word_table, words, written
from reported_engagement import FINDINGS, months_of_changes, small_lab, with_empty_register
from shown_cells import shown, shown_by_libreoffice

import auditlab
from auditlab import reporting
from auditlab.engagement import InputFile
from auditlab.errors import EngagementError
from auditlab.priority.allocation import ALLOCATION_DTYPES
from auditlab.publish.blocks import FOLDED
from auditlab.publish.notebooks import notebook_folder
from auditlab.publish.report_documents import HELD_ROWS, SHORTENED, report_documents
from auditlab.publish.report_files import report_files
from auditlab.publish.report_tables import read_report_tables
from auditlab.publish.run_line import input_hash
from auditlab.reporting.flagged_signals import FLAGGED_DTYPES
from auditlab.reporting.management_review import (
    EFFECT_LINES,
    INPUTS,
    LINE_CHARACTERS,
    MEASURED_LINES,
    NOT_KNOWN,
    SIGNAL_LINES,
)


def executed(lab, folder, monkeypatch):
    """The cells of the notebook in this process: what they display."""
    import IPython.display

    shown = []
    monkeypatch.setattr(auditlab, "open_engagement", lambda *_given, **_options: lab, raising=False)
    monkeypatch.setattr(IPython.display, "display", lambda bundle, **_raw: shown.append(bundle))
    notebook = json.loads((notebook_folder() / "audit_report.ipynb").read_text(encoding="utf-8"))
    space = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"]).replace("output_dir = None", f"output_dir = {str(folder)!r}")
            exec(source, space)  # our own cells
    return "".join(bundle.get("text/html", "") for bundle in shown)


def reported(lab, tmp_path, monkeypatch):
    """Page, documents and workbook of one run."""
    folder = tmp_path / RUN
    html = executed(lab, folder, monkeypatch)
    files = report_files(folder / "tables", lab, run_id=RUN)
    return html, files, folder


def sheet(content, title):
    rows = list(openpyxl.load_workbook(io.BytesIO(content))[title].iter_rows(values_only=True))
    return rows[0][0], pd.DataFrame(rows[2:], columns=rows[1])


def table_of(html, name):
    """The body of one table of the page, cell by cell."""
    part = html[html.index(f'data-table="{name}"') :] if f'data-table="{name}"' in html else html
    body = re.search(r"<tbody>(.*?)</tbody>", part, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)]
        for row in re.findall(r"<tr[^>]*>(.*?)</tr>", body.group(1), re.DOTALL)
    ]


EVIL = ("F9", "AU-3", "A", "S1", "8.5.2.1", "ofi", '=HYPERLINK("x") <b>{{ 7 * 7 }}</b>\x07', "@x")
NOTED = ("F10", "AU-2", "A", "S1", "8.6.2", "ofi", "Requests could be timed", "")
SHARED = (
    "report_areas", "report_not_covered", "report_verification", "ofi_conversion", "follow_up_plan", "carry_forward",
    "report_words",
)  # fmt: skip
TITLES = {"ofi_conversion": "Earlier improvements", "report_areas": "Areas", "report_not_covered": "Not covered", "report_verification": "Earlier findings",
          "follow_up_plan": "Follow-up", "report_words": "Words and codes", "carry_forward": "For the next audit"}  # fmt: skip


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """Page, files and folder of the small first-party engagement."""
    lab = replace(
        small_lab(findings=findings(*FINDINGS, EVIL, NOTED)),
        inputs=(InputFile(name="a.xlsx", sha256="ab" * 32, size_bytes=1),),
    )
    with pytest.MonkeyPatch.context() as monkeypatch:
        html, files, folder = reported(lab, tmp_path_factory.mktemp("usual"), monkeypatch)
    return lab, html, files, folder


def columns_of(html, name):
    part = html[html.index(f'data-table="{name}"') :]
    return re.findall(r'data-column="([^"]+)"', part[: part.index("</thead>")])


def plain(text):
    """A missing value is a dash on the page and an empty cell in Word; Word holds no control characters."""
    return "" if text in {"–", "unknown", "not dated", "not stated", "never"} else unescape(text).replace("\x07", "")


@pytest.mark.parametrize("name", SHARED)
def test_page_word_and_workbook_agree_cell_by_cell(usual, name):
    _, html, files, folder = usual
    from auditlab.publish.report_documents import _TABLES

    heading, widths = _TABLES[name]
    shown = pd.DataFrame(table_of(html, name), columns=columns_of(html, name))
    _, book = sheet(files["workpapers/audit_report.xlsx"], TITLES[name])
    kept = read_report_tables(folder / "tables")[name]
    assert len(shown) == len(book) == len(kept) > 0
    in_word = word_table(files["documents/audit_report.docx"], heading).set_axis(list(widths), axis="columns")
    both = [column for column in widths if column in shown]
    assert len(both) >= 3
    for column in both:
        assert [plain(text) for text in in_word[column]] == [plain(text) for text in shown[column]], column


def without_separators(text):
    """A number without what divides its thousands, which spreadsheet programs choose by their own language."""
    return re.sub(r"(?<=\d)[,\u202f](?=\d{3}\b)", "", text)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """Page, documents, workbook and tables of a report with a plan, measures and every kind of unit."""
    changes = [months_of_changes(late_by_month=[4] * 12 + [0] * 9), months_of_changes(late_by_month=[1] * 21, site="B")]
    actions = pd.DataFrame({"finding_id": ["F3"], "completed": ["2023-12-15"], "due_original": ["2024-01-31"]})
    lab = small_lab(corrective_actions=actions, changes=pd.concat(changes))
    folder = tmp_path_factory.mktemp("told")
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("auditlab.publish.page.Page.followed_plan", lambda *_: planned())
        return reported(lab, folder, monkeypatch)


def test_every_table_shows_in_the_workbook_what_it_shows_on_the_page(told):
    """The value with its number format under its head, as a reader sees it, for every cell of every table."""
    html, files, folder = told
    from auditlab.publish.formats import column_formats
    from auditlab.publish.report_workbook import TITLES as SHEETS

    on_page = set(re.findall(r'data-table="([^"]+)"', html))
    assert on_page | {"report_headlines"} == set(SHEETS)
    book = openpyxl.load_workbook(io.BytesIO(files["workpapers/audit_report.xlsx"]))
    kept, per_cent = read_report_tables(folder / "tables"), {}
    for name in on_page:
        _, head, *rows = book[SHEETS[name]].iter_rows()
        rows = rows[: len(kept[name])]
        assert len(rows) == len(kept[name])
        labels = [one.label for one in column_formats(kept[name], table=name)]
        assert [cell.value for cell in head][: len(labels)] == labels
        expected = table_of(html, name) if rows else []
        for row, said in zip(rows, expected, strict=True):
            found = [without_separators(shown(cell)) for cell in row[: len(labels)]]
            wanted = [
                "" if not shown(cell) else without_separators(unescape(text).replace("\x07", ""))
                for cell, text in zip(row, said, strict=False)
            ]
            # A vocabulary is read out on the page and keeps its underscores in the workbook.
            assert [text.replace("_", " ") for text in found] == [text.replace("_", " ") for text in wanted], name
            for label, text in zip(labels, found, strict=True):
                if label.endswith("[%]") and text:
                    per_cent.setdefault(name, []).append(float(text))
    assert {"report_action_rates", "follow_up_plan", "expected_by_part", "expected_against_found"} <= set(per_cent)
    assert max(max(values) for values in per_cent.values()) > 1  # percentages and no shares
    told = table_of(html, "before_after")[0]
    assert [text for text in told if "percentage points" in text] == ["-20.0 percentage points (-25.8 to -14.8)"]


def test_libreoffice_shows_the_cells_as_the_test_reads_them(told, tmp_path):
    _, files, _ = told
    (tmp_path / "b.xlsx").write_bytes(files["workpapers/audit_report.xlsx"])
    sheets = shown_by_libreoffice(tmp_path / "b.xlsx", tmp_path)
    book = openpyxl.load_workbook(tmp_path / "b.xlsx")
    assert set(sheets) == set(book.sheetnames)
    for page in book:
        for row, texts in zip(page.iter_rows(), sheets[page.title], strict=False):
            for cell, text in zip(row, texts, strict=False):
                assert without_separators(shown(cell)).split() == without_separators(text).split(), cell


def test_the_numbers_of_the_summary_are_the_same_everywhere(usual):
    _, html, files, _ = usual
    told = sheet(files["workpapers/audit_report.xlsx"], "Summary")[1]["sentence"].tolist()
    assert len(told) == 9
    in_word = words(files["documents/audit_report.docx"])
    on_page = unescape(re.sub(r"<[^>]+>", "", html)).replace("\u00a0", " ")
    assert [sentence for sentence in told if sentence not in in_word or sentence not in on_page] == []


def test_every_table_names_run_and_inputs(usual):
    lab, html, files, _ = usual
    run_line = f"Run {RUN}, inputs {input_hash(lab)}"
    assert html.count('<table class="data"') - 1 <= html.count(run_line)  # the figure names them in its caption
    document = docx.Document(io.BytesIO(files["documents/audit_report.docx"]))
    assert sum(paragraph.text.startswith(f"{run_line}.") for paragraph in document.paragraphs) >= len(document.tables)
    book = openpyxl.load_workbook(io.BytesIO(files["workpapers/audit_report.xlsx"]))
    assert all(run_line in page["A1"].value for page in book)


def test_the_hash_of_the_inputs_follows_their_content_and_not_their_names_or_order():
    one, two = (InputFile(name=name, sha256=content * 32, size_bytes=1) for name, content in (("a", "ab"), ("b", "cd")))
    lab = small_lab()
    same = replace(lab, inputs=(replace(two, name="c"), one))
    assert input_hash(replace(lab, inputs=(one, two))) == input_hash(same)
    assert input_hash(replace(lab, inputs=(one,))) != input_hash(same)


def test_the_first_party_page_holds_improvements_and_the_review_pack(usual):
    _, html, files, folder = usual
    assert 'data-table="improvement_list"' in html
    sources = {name for name in read_report_tables(folder / "tables")["management_review"]["table"] if name}
    assert sources <= {path.stem for path in (folder / "tables").iterdir()}  # each figure can be looked up in its run
    pack = words(files["documents/management_review.docx"])
    assert "Management review" in pack
    assert "Resources" in pack


def test_a_third_party_report_leaves_improvements_out_and_says_why(tmp_path, monkeypatch):
    html, files, folder = reported(small_lab(party="third"), tmp_path, monkeypatch)
    assert "improvements, roadmap, maturity and the management-review pack" in html
    assert 'data-table="improvement_list"' not in html
    assert not {"improvement_list", "roadmap", "maturity_profile", "management_review"} & {
        path.stem for path in (folder / "tables").iterdir()
    }
    assert sorted(files) == ["documents/audit_report.docx", "workpapers/audit_report.xlsx"]
    draft = " ".join(words(files["documents/audit_report.docx"])).lower()
    assert not re.search(r"\b(should|recommend|we suggest|root cause)\b", draft)


def test_the_word_draft_says_that_deviations_are_not_known_without_a_plan_and_names_no_key_of_the_settings(usual):
    _, html, files, _ = usual
    said = words(files["documents/audit_report.docx"])
    place = said.index("Deviations from the plan")
    assert said[place + 1].startswith("Not known: no plan of the audit was handed over.")
    assert not any("[report" in text or "auditlab.toml" in text for text in said)
    assert "[report.elements] body" in html


def test_what_is_not_yet_tested_and_what_is_not_written_stand_in_the_draft_and_are_explained(tmp_path):
    actions = pd.DataFrame(
        {"finding_id": ["F4", "F5"], "completed": ["2024-05-20", "2024-06-20"], "verified": ["2024-06-01", None],
         "root_cause": ["no plan", None], "action": ["plan made", None]}
    )  # fmt: skip
    files = written(small_lab(corrective_actions=actions), tmp_path / RUN)
    draft = files["documents/audit_report.docx"]
    plan = word_table(draft, "Follow-up").set_index("finding")
    assert plan.loc["F4", ["status", "effect"]].tolist() == ["verified", "not yet tested"]
    assert any("not on record what was done or why: F5 (cause, action)." in text for text in words(draft))
    assert "not yet tested" in set(word_table(draft, "Words and codes")["word"])


def test_the_title_names_the_audit_with_its_party_days_and_sites(usual):
    _, _, files, _ = usual
    said = words(files["documents/audit_report.docx"])
    assert said[:2] == [
        "Audit report AU-3 (draft)",
        "Internal audit by the organisation itself (first party), 2024-03-05 to 2024-03-06 at A.",
    ]


def planned():
    """A plan of three cells, followed by the small audit."""
    cells = [("A", "8.5.1", "priority", 0.6), ("A", "8.6.1", "priority", 0.3), ("B", "9.2", "random", 0.2)]
    plan = pd.DataFrame(
        [{"budget_share": 1.0, "site": site, "clause": clause, "rank": rank, "part": part, "minutes": 30,
          "random_minutes": 0, "floor": 0, "reason": ""} for rank, (site, clause, part, _) in enumerate(cells, start=1)]
    ).astype(ALLOCATION_DTYPES)  # fmt: skip
    chances = pd.DataFrame(
        [(site, clause, chance, chance / 2, chance * 1.5) for site, clause, _, chance in cells],
        columns=["site", "clause", "expected", "low", "high"],
    )
    return reporting.FollowedPlan(allocation=plan, expectation=chances, as_of=pd.Timestamp("2024-02-01"))


def test_what_was_planned_and_found_stands_in_the_draft_without_chances(tmp_path):
    files = written(small_lab(), tmp_path / RUN, plan=planned())
    draft = files["documents/audit_report.docx"]
    found = word_table(draft, "Planned and found")
    assert found[["site", "clause", "findings", "said"]].to_numpy().tolist() == [
        ["A", "8.5.1", "F5", "found"],
    ]  # fmt: skip
    assert any("1 planned cell was not examined and says nothing: 1 at B." in text for text in words(draft))
    assert any("1 more planned cell was examined and nothing was found there" in text for text in words(draft))
    parts = word_table(draft, "Prioritised and random cells").set_index("part")
    assert parts.loc["priority", ["planned", "examined", "with a nonconformity"]].tolist() == ["2", "2", "1"]
    _, book = sheet(files["workpapers/audit_report.xlsx"], "Priority and random")
    assert [float(share) for share in parts["share [%]"] if share not in ("", "nothing examined")] == pytest.approx(
        book["share [%]"].dropna().tolist(), abs=0.05
    )
    assert "60" not in " ".join(found.to_numpy().ravel())  # the chance of 8.5.1 stays with the team


def test_before_and_after_stand_in_the_draft_with_the_numbers_of_the_workbook(tmp_path):
    actions = pd.DataFrame({"finding_id": ["F3"], "completed": ["2023-12-15"], "due_original": ["2024-01-31"]})
    changes = [months_of_changes(late_by_month=[4] * 12 + [0] * 9), months_of_changes(late_by_month=[1] * 21, site="B")]
    lab = small_lab(corrective_actions=actions, changes=pd.concat(changes))
    files = written(lab, tmp_path / RUN)
    told = word_table(files["documents/audit_report.docx"], "Before and after each action").set_index("measure")
    row = told.loc["unapproved at start rate: site A"]
    _, book = sheet(files["workpapers/audit_report.xlsx"], "Before and after")
    kept = book[book["key figure"] == "unapproved_at_start_rate"].iloc[0]
    counted = f"{kept['counted before']} of {kept['n before']} deviate: 20.0 %"
    assert (row["before"], kept["what is counted"]) == (counted, "records that deviate")
    assert (counted, row["after"]) == ("44 of 220 deviate: 20.0 %", "0 of 180 deviate: 0.0 %")
    for column in ("before", "after", "effect, interval", "elsewhere"):
        assert row[column] == kept[column]
    assert row["effect, interval"].startswith("-20.0 percentage points (")
    assert row["elsewhere"] == "5.0 %, then 5.0 %"
    assert row["finding"] == "F3"


def test_a_due_date_that_nobody_agreed_says_so_in_the_draft(usual):
    _, _, files, _ = usual
    draft = files["documents/audit_report.docx"]
    rows = word_table(draft, "Follow-up").set_index("finding")
    assert rows.loc["F5", "due"] == "2025-03-04 (a)"
    assert any("(a) not agreed: at the latest the next audit." in text for text in words(draft))
    assert rows.loc["F4", "due"] == "2023-06-01"


def test_every_code_of_the_draft_is_explained_in_it(usual):
    _, _, files, _ = usual
    draft = files["documents/audit_report.docx"]
    meant = word_table(draft, "Words and codes").set_index("word")["meaning"]
    assert meant["AU-1"] == "internal audit by the organisation itself (first party), 2022-03-01 at A, B"
    assert meant["A"] == "Aarlund, central function"
    assert meant["S1"] == "Mail, criticality high"
    for heading, column in (("Earlier nonconformities", "grade"), ("Earlier nonconformities", "status"),
                            ("Earlier nonconformities", "this audit saw"), ("Follow-up", "status"), ("Follow-up", "grade")):  # fmt: skip
        assert set(word_table(draft, heading)[column]) <= set(meant.index), column
    assert "ofi (opportunity for improvement)" in meant.index
    assert "unknown" not in meant.index  # a state that does not occur


def test_the_signature_never_stands_alone_on_a_page(usual):
    """The last rows of the table before it, and all lines up to the last one, keep with what follows."""
    _, _, files, _ = usual
    document = docx.Document(io.BytesIO(files["documents/audit_report.docx"]))
    last = document.tables[-1]
    held = [all(cell.paragraphs[0].paragraph_format.keep_with_next for cell in row.cells) for row in last.rows]
    assert held == [False] * (len(held) - HELD_ROWS) + [True] * HELD_ROWS
    after = list(document.iter_inner_content())
    bound = [one for one in after[[part._element is last._tbl for part in after].index(True) + 1 :] if one.text]
    assert bound[-1].text.startswith("Signature")
    assert all(one.paragraph_format.keep_with_next or one.style.name == "Heading 1" for one in bound[:-1])


def test_the_pack_asks_for_decisions_with_room_for_the_answer_and_names_what_is_behind_them(usual):
    _, _, files, folder = usual
    pack = files["documents/management_review.docx"]
    asked = word_table(pack, "What the review is asked to decide")
    kept = read_report_tables(folder / "tables")
    assert asked["to decide"].tolist() == [text for text in kept["management_review"]["decision"] if text]
    assert set(asked["decided"]) == {""}
    assert word_table(pack, "Actions to settle")["finding"].tolist() == kept["follow_up_plan"]["finding_id"].tolist()
    listed = word_table(pack, "Improvements in their order")
    assert listed["improvement"].tolist() == kept["improvement_list"]["improvement"].tolist()


ONE_LINE = ("effectiveness", "audit_results", "objectives")


def test_the_pack_has_two_pages_also_when_everything_is_full(usual, tmp_path):
    _, _, files, folder = usual
    assert pages(files["documents/management_review.docx"], tmp_path) == 2
    tables = dict(read_report_tables(folder / "tables"))
    full = "Words of a sentence that is as long as a line of the pack may be, " * 5
    lines = {
        "signals": SIGNAL_LINES + 1,
        "effectiveness": EFFECT_LINES,
        "objectives": MEASURED_LINES + 1,
        "earlier_actions": 3,
        "changes": 3,
        "performance": 3,
        "feedback": 3,
        "improvement": 3,
    }
    tables["management_review"] = pd.DataFrame(
        [{"input": heading, "sentence": full[:LINE_CHARACTERS] if name in lines or name in ONE_LINE else NOT_KNOWN, "decision": "What follows where targets are missed month after month" if line == 0 and len(name) > 8 else ""}
         for name, heading in INPUTS.items() for line in range(lines.get(name, 1))]
    )  # fmt: skip
    for name in ("follow_up_plan", "improvement_list"):
        tables[name] = pd.concat([tables[name]] * 20, ignore_index=True)
    tables["improvement_list"] = tables["improvement_list"].assign(improvement=full, owner=full, target=full)
    tables["flagged_signals"] = pd.DataFrame(
        [{name: full if dtype == "str" else 1 for name, dtype in FLAGGED_DTYPES.items()}] * 30
    ).astype(FLAGGED_DTYPES)
    made = report_documents(tables, client="C", as_of="2024-09-30", run_line="Run x")["management_review"]
    assert pages(made, tmp_path) == 2
    assert any(re.search(r"\d+ more in the workbook", text) for text in words(made))


def test_an_empty_table_of_the_word_draft_says_what_its_element_says(tmp_path):
    said = words(written(small_lab(findings=findings(ONE)), tmp_path / RUN)["documents/audit_report.docx"])
    below = said[said.index("Earlier nonconformities") + 1]
    assert below.startswith("There is no nonconformity of an earlier audit on record.")


def test_the_workbook_is_marked_as_a_draft_and_not_as_a_secret(usual):
    _, _, files, _ = usual
    book = openpyxl.load_workbook(io.BytesIO(files["workpapers/audit_report.xlsx"]))
    assert all("(draft of the audit team)" in page["A1"].value for page in book)


def test_the_word_draft_holds_no_chances_and_no_ranks(usual):
    _, _, files, _ = usual
    labels = set(words(files["documents/audit_report.docx"]))
    assert not {"expected [%]", "rank", "odds against random"} & labels


LONG = " ".join(f"word{number}" for number in range(2000))[:16_000]
ONE = ("F1", "AU-3", "A", "S1", "8.5.1.3", "minor", "Changes were started early", "")


@pytest.mark.parametrize(
    ("rows", "number"),
    [
        ([], 0),
        ([ONE], 1),
        ([(f"F{i}", "AU-3", "A", "S1", "8.5.1.3" if i % 2 else "8.6.1", "minor", f"Statement {i}", "") for i in range(200)], 200),
        ([("F1", "AU-3", "A", "S1", "8.5.1.3", "minor", f"{LONG}\nSecond paragraph.", LONG)], 1),
    ],
    ids=["none", "one", "two hundred", "long"],
)  # fmt: skip
def test_few_many_and_long_findings_read_well(rows, number, tmp_path):
    lab = small_lab(findings=findings(*rows), corrective_actions=pd.DataFrame())
    files = written(lab if rows else with_empty_register(lab), tmp_path / RUN)
    document = docx.Document(io.BytesIO(files["documents/audit_report.docx"]))
    said = [paragraph.text for paragraph in document.paragraphs]
    headings = [one.text for one in document.paragraphs if one.style.name == "Heading 3"]
    assert len(headings) == number
    assert ("No finding is on record." in said) == (number == 0)
    assert all("strength" not in heading for heading in headings)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert max(map(len, cells), default=0) <= SHORTENED + len(" … (shortened)")
    for row in rows[:1]:
        assert row[6].splitlines()[0] in said  # the whole text stands in the section
        _, book = sheet(files["workpapers/audit_report.xlsx"], "Findings")
        assert book.set_index("finding")["statement"][row[0]] == row[6]


def test_long_text_is_folded_on_the_page_and_none_of_it_is_lost(tmp_path, monkeypatch):
    long = ("F1", "AU-3", "A", "S1", "8.5.1.3", "minor", LONG, "")
    unbroken = ("F2", "AU-3", "A", "S1", "8.6.1", "minor", "x" * 16_000, "")
    html, _, _ = reported(small_lab(findings=findings(long, unbroken)), tmp_path, monkeypatch)
    statements = [row[10] for row in table_of(html, "report_sections")]
    assert statements == [LONG, "x" * 16_000]
    shown = re.findall(r'<details class="folded"><summary>(.*?)</summary>', html)
    assert max(map(len, shown)) <= FOLDED


def test_text_from_outside_is_text_in_every_file(usual):
    _, html, files, _ = usual
    assert "<b>{{" not in html
    assert EVIL[6].removesuffix("\x07") in words(files["documents/audit_report.docx"])
    page = openpyxl.load_workbook(io.BytesIO(files["workpapers/audit_report.xlsx"]))["Findings"]
    assert all(cell.data_type != "f" for row in page.iter_rows() for cell in row)


def test_a_template_of_the_user_takes_the_place_of_the_built_in(usual, tmp_path):
    _, _, _, folder = usual
    document = docx.Document()
    document.add_paragraph("{{ client }}: {{ facts|length }} facts, {{ run_line }}")
    document.save(tmp_path / "audit_report.docx")
    tables = read_report_tables(folder / "tables")
    made = report_documents(tables, client="C", as_of="2024-09-30", run_line="Run x", templates=tmp_path)
    assert words(made["audit_report"]) == ["C: 9 facts, Run x"]


def test_a_template_that_asks_for_more_is_refused_and_told_what_there_is(usual, tmp_path):
    _, _, _, folder = usual
    document = docx.Document()
    document.add_paragraph("{{ verdict }}")
    document.save(tmp_path / "management_review.docx")
    tables = read_report_tables(folder / "tables")
    with pytest.raises(
        EngagementError, match=r"management_review\.docx.*Templates print the values title, inputs, decisions, .*client"
    ):
        report_documents(tables, client="C", as_of="2024-09-30", run_line="Run x", templates=tmp_path)


def test_without_an_audit_there_is_a_page_with_the_reason_and_no_file(tmp_path, monkeypatch):
    html, files, _ = reported(small_lab(audits=pd.DataFrame()), tmp_path, monkeypatch)
    assert "There is no report. No audit with a first day was held" in html
    assert files == {}


def test_the_same_tables_make_the_same_bytes(usual):
    lab, _, files, folder = usual
    assert report_files(folder / "tables", lab, run_id=RUN) == files


def test_the_small_engagement_has_every_grade_but_one():
    assert {row[5] for row in FINDINGS} == {"major", "minor", "ofi", "strength", "observation"}


def test_the_page_is_marked_as_a_draft_and_pages_of_what_is_drawn_as_closed():
    from auditlab.publish.notebooks import DRAFTS, TEAM_ONLY
    from auditlab.publish.templating import environment

    def box(**page):
        source = environment().loader.get_source(environment(), "notebook.html")[0]
        part = source[source.index("{% if page.draft %}") : source.index("{% if failure %}")]
        return environment().from_string(part).render(page=page)

    assert DRAFTS <= TEAM_ONLY
    assert "what was drawn" not in box(draft=True, team_only=True)
    assert "Draft of the audit team." in box(draft=True, team_only=True)
    assert "what was drawn" in box(draft=False, team_only=True)


def test_without_a_register_of_findings_the_draft_says_not_known_and_never_none(tmp_path):
    files = written(small_lab(findings=pd.DataFrame()), tmp_path / RUN)
    said = words(files["documents/audit_report.docx"])
    assert "Not known: no register of findings was handed over." in said
    assert "No finding is on record." not in said
    assert not any("recorded 0" in text or "There is no nonconformity" in text for text in said)
