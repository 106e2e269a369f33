"""Tables of documents: no word is broken, a line an action, and what all rows share is said once."""

import io
import re
import shutil
import subprocess

import docx
import pandas as pd
import pytest
from report_documents_read import RUN, findings, pages, word_table, words, written
from reported_engagement import months_of_changes, small_lab

from auditlab.publish.column_widths import LANDSCAPE, PORTRAIT, column_needs, fitted_widths, text_width
from auditlab.publish.report_follow_up import NO_MEASURE


def many(number, **more):
    """An engagement with so many nonconformities; every third has an action."""
    rows = [
        (f"N{place:03}", "AU-3", "A", "S1", f"8.{2 + place % 6}.{1 + place % 3}", "major" if place % 40 == 7 else "minor",
         f"Record {place} did not hold the approval that the procedure asks for", "")
        for place in range(number)
    ]  # fmt: skip
    acted = [row[0] for row in rows[::3]]
    actions = pd.DataFrame({"finding_id": acted, "due_original": "2024-06-01", "completed": None, "verified": None})
    return small_lab(findings=findings(*rows), corrective_actions=actions, **more)


def measured(actions=None):
    changes = [months_of_changes(late_by_month=[4] * 12 + [0] * 9), months_of_changes(late_by_month=[1] * 21, site="B")]
    usual = pd.DataFrame({"finding_id": ["F3"], "completed": ["2023-12-15"], "due_original": ["2024-01-31"]})
    return small_lab(corrective_actions=usual if actions is None else actions, changes=pd.concat(changes))


def draft_of(lab, tmp_path):
    return written(lab, tmp_path / RUN)["documents/audit_report.docx"]


def broken_words(content):
    """Words of a table that are wider than their cell, by the metrics of the type."""
    found = []
    for table in docx.Document(io.BytesIO(content)).tables:
        for number, row in enumerate(table.rows):
            for cell in row.cells:
                room = cell.width.cm - 0.38  # Word leaves 0.19 cm on both sides
                found += [
                    (word, round(room, 2))
                    for word in cell.text.split()
                    if len(word) < 40 and text_width(word, points=8, bold=number == 0) > room
                ]
    return found


LABS = {"two hundred": lambda: many(200), "with measures": measured, "usual": small_lab}


@pytest.mark.parametrize("name", LABS)
def test_no_word_of_a_table_is_wider_than_its_column(name, tmp_path):
    assert broken_words(draft_of(LABS[name](), tmp_path)) == []


def test_a_table_too_narrow_for_its_words_is_noticed():
    document = docx.Document()
    cell = document.add_table(rows=2, cols=1).cell(1, 0)
    cell.text, cell.width = "2022-09-30", docx.shared.Cm(1.5)
    content = io.BytesIO()
    document.save(content)
    assert [word for word, _ in broken_words(content.getvalue())] == ["2022-09-30"]


@pytest.mark.parametrize("name", LABS)
def test_every_word_of_the_tables_stands_whole_in_print(name, tmp_path):
    """As LibreOffice lays them out: a cell of one word, such as a day, is found again in one piece."""
    content = draft_of(LABS[name](), tmp_path)
    pages(content, tmp_path)
    told = subprocess.run(
        [shutil.which("pdftotext"), str(tmp_path / "d.pdf"), "-"], check=True, capture_output=True, text=True
    ).stdout
    printed = set(told.split())
    lost = set()
    for table in docx.Document(io.BytesIO(content)).tables:
        for cell in (cell for row in table.rows for cell in row.cells):
            # Within a text a line may end behind a hyphen.
            parts = [re.findall(r"[^-]+-*|-+", word) for word in cell.text.split()]
            alone = len(parts) == 1
            lost |= {
                word for word, pieces in zip(cell.text.split(), parts, strict=True)
                if word not in printed and (alone or not set(pieces) <= printed)
            }  # fmt: skip
    assert lost == set()


def test_two_hundred_findings_have_a_line_an_action_and_the_common_sentence_once(tmp_path):
    lab = many(200)
    draft = draft_of(lab, tmp_path)
    plan = word_table(draft, "Follow-up")
    assert len(plan) == 200
    document = docx.Document(io.BytesIO(draft))
    (table,) = (one for one in document.tables if [cell.text for cell in one.rows[0].cells] == list(plan.columns))
    for row in table.rows[1:]:
        for cell in row.cells:
            assert text_width(cell.text, points=8) < cell.width.cm - 0.38, cell.text
    said = " ".join(words(draft))
    assert said.count(NO_MEASURE) == 1


def test_the_letter_behind_a_due_date_is_explained_below(tmp_path):
    draft = draft_of(many(12), tmp_path)
    plan = word_table(draft, "Follow-up").set_index("finding")
    assert plan.loc["N000", "due"] == "2024-06-01"
    letters = {name: due.partition(" ")[2] for name, due in plan["due"].items()}
    assert letters["N007"] != letters["N001"]
    below = next(text for text in words(draft) if "(a)" in text and "(b)" in text)
    assert f"{letters['N007']} major: 90 days after the audit." in below
    assert f"{letters['N001']} not agreed: at the latest the next audit." in below


def test_the_measure_of_an_action_stands_with_its_baseline_and_both_intervals(tmp_path):
    actions = pd.DataFrame({"finding_id": ["F5"], "completed": ["2024-04-15"], "due_original": ["2024-05-31"]})
    rows = word_table(draft_of(measured(actions), tmp_path), "Measures of the actions").set_index("finding")
    row = rows.loc["F5"]
    assert row["measure"] == "unapproved at start rate: site A"
    # statsmodels: proportion_confint(36, 240, method="wilson"), proportion_confint(0, 100, method="beta")
    assert row["before, interval"] == "36 of 240: 15.0 % (11.0 to 20.1)"
    assert row["since, interval"] == "0 of 100: 0.0 % (0.0 to 3.6)"
    assert row["planned"] == "6.0 %"
    assert row["rate tells from"] == "2025-01-17"
    assert "records after completion" in row["remark"]
    assert rows.loc["F1", "since, interval"] == "–"  # its action is not complete


def test_an_audit_after_the_due_date_that_is_not_dated_is_told_as_a_day_after_which(tmp_path):
    actions = pd.DataFrame({"finding_id": ["F5"], "due_original": ["2026-06-01"], "completed": None})
    draft = draft_of(small_lab(corrective_actions=actions), tmp_path)
    assert word_table(draft, "Follow-up").set_index("finding").loc["F5", "cases examined"] == "after 2026-06-01"
    assert sum("no audit is dated yet that comes after it" in text for text in words(draft)) == 1


def test_a_table_whose_words_need_more_than_an_upright_page_lies_across(tmp_path):
    long_names = {f"Site{letter * 12}": letter for letter in "MW"}
    rows = [
        (f"F{n}-{'W' * 10}", "AU-3", site, "S1", "8.5.1.3", "minor", "Statement", "")
        for n, site in enumerate(long_names)
    ]
    sites = pd.DataFrame({"site": list(long_names), "name": ["One", "Two"], "central": [True, False]})
    draft = draft_of(small_lab(findings=findings(*rows), sites=sites, corrective_actions=pd.DataFrame()), tmp_path)
    turned = [one.page_width > one.page_height for one in docx.Document(io.BytesIO(draft)).sections]
    assert turned[0] is False
    assert turned[-1] is False
    assert any(turned)
    assert broken_words(draft) == []


@pytest.mark.parametrize(
    ("letter", "width"),
    [(" ", 278), ("-", 333), ("0", 556), ("W", 944), ("i", 222), ("m", 833), ("e", 556), ("é", 840)],
)
def test_the_widths_of_letters_are_those_of_helvetica(letter, width):
    """Adobe Core 14 font metrics, Helvetica.afm; a letter that it is not asked for is taken as wide."""
    assert text_width(letter, points=72 / 2.54) * 1000 == pytest.approx(width)


@pytest.mark.parametrize("page", [PORTRAIT, LANDSCAPE, 3.0])
def test_widths_fill_the_page_and_no_column_is_below_its_longest_word(page):
    labels = {"a": "finding", "b": "a long remark", "c": "due"}
    rows = [{"a": "F1", "b": "words and more words " * 9, "c": "2024-06-01"}]
    needs = column_needs(rows, labels, points=8)
    widths = fitted_widths({"a": 9.0, "b": 1.0, "c": 1.0}, needs, page=page)
    assert sum(widths.values()) == pytest.approx(page)
    if page > sum(needs.least.values()):
        assert all(widths[name] >= needs.least[name] - 1e-9 for name in widths)
        assert widths["b"] == max(widths.values())  # what stands in one line gives room to what does not
