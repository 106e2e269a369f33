"""The files of an audit report in a run: Word draft, review pack and workbook."""

from __future__ import annotations

from pathlib import Path

from auditlab.engagement import Engagement
from auditlab.publish.run_line import run_line

WORKBOOK = "workpapers/audit_report.xlsx"
DRAFT = "documents/audit_report.docx"
PACK = "documents/management_review.docx"


def report_files(tables: Path, lab: Engagement, *, run_id: str) -> dict[str, bytes]:
    """Path inside the run to content; nothing where no report was made.

    Parameters
    ----------
    tables : Path
        ``tables/`` of the run.
    lab : Engagement
        The engagement.
    run_id : str
        Name of the run.
    """
    if not (tables / "report_headlines.csv").exists():
        return {}
    from auditlab.publish.report_tables import read_report_tables  # noqa: PLC0415  # imports all floors below
    from auditlab.publish.report_workbook import report_workbook  # noqa: PLC0415

    read = read_report_tables(tables)
    if not read:
        return {}
    from auditlab.publish.report_documents import report_documents  # noqa: PLC0415  # Word is loaded where it is written

    line, client = run_line(lab, run_id=run_id), lab.settings.client
    documents = report_documents(
        read, client=client, as_of=lab.settings.as_of.isoformat(), run_line=line, templates=lab.folder / "templates"
    )
    made = {f"documents/{name}.docx": content for name, content in documents.items()}
    return made | {WORKBOOK: report_workbook(read, client=client, run_line=line)}
