"""The files of a report made from its tables, and what stands in its documents."""

import io
import re
import shutil
import subprocess

import docx
import pandas as pd
import pytest
from docx.table import Table

from auditlab import reporting
from auditlab.publish.earlier_plan import followed_plan
from auditlab.publish.files import table_csv, write_file
from auditlab.publish.report_files import report_files

RUN = "20240930T120000Z-abc123"


def written(lab, folder, *, plan=None):
    """The files of a report made from its tables alone, without the page."""
    made = reporting.audit_report(lab, plan=plan or followed_plan(None))
    story = reporting.follow_up_story(lab, made, reporting.measured_series(lab))
    frames = {
        "report_headlines": reporting.report_headlines(made), "report_elements": made.elements,
        "report_areas": made.areas, "report_sections": made.sections, "report_not_covered": made.not_covered,
        "report_deviations": made.deviations, "report_verification": made.verification,
        "expected_against_found": made.expected, "follow_up_plan": story.plan, "action_ages": story.ages,
        "before_after": story.effects, "carry_forward": story.carried, "ofi_conversion": made.conversion,
        "ofi_conversion_rates": made.conversion_rates, "report_words": reporting.report_words(lab, made),
        "expected_by_part": made.parts,
    }  # fmt: skip
    for name, frame in frames.items():
        write_file(folder / "tables" / f"{name}.csv", table_csv(frame))
    return report_files(folder / "tables", lab, run_id=RUN)


def findings(*rows):
    names = ["finding_id", "audit_id", "site", "service", "clause", "grade", "statement", "evidence"]
    frame = pd.DataFrame(rows, columns=names).replace("", None)
    return frame.assign(edition="2018", clause_as_cited=frame["clause"].fillna("?"))


def words(content):
    """Every text of a document, in paragraphs and tables."""
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return [paragraph.text for paragraph in document.paragraphs] + cells


def word_table(content, heading):
    """The table below a heading: labels and rows."""
    parts = list(docx.Document(io.BytesIO(content)).iter_inner_content())
    below = parts[next(place for place, part in enumerate(parts) if getattr(part, "text", "") == heading) :]
    table = next(part for part in below if isinstance(part, Table))
    labels, *rows = [[cell.text for cell in row.cells] for row in table.rows]
    return pd.DataFrame(rows, columns=labels)


def pages(content, folder):
    """Pages of a document as LibreOffice lays it out."""
    office, info = shutil.which("soffice"), shutil.which("pdfinfo")
    if office is None or info is None:
        pytest.skip("LibreOffice or poppler is not installed")
    (folder / "d.docx").write_bytes(content)
    home = f"-env:UserInstallation={(folder / 'home').as_uri()}"
    command = [office, home, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(folder / "d.docx")]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    told = subprocess.run([info, str(folder / "d.pdf")], check=True, capture_output=True, text=True).stdout
    return int(re.search(r"Pages:\s+(\d+)", told).group(1))
