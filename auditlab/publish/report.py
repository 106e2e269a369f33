"""The files of a run made from its executed notebooks: pages, index and workpapers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from auditlab import __version__
from auditlab.engagement import Engagement
from auditlab.numerals import count
from auditlab.publish.bundles import write_bundle
from auditlab.publish.checklist_workbook import PLAN_TABLES, checklist_workbook, read_plan_table
from auditlab.publish.client_pages import write_client_pages
from auditlab.publish.contents import Contents, Failure, contents_of
from auditlab.publish.execute import Notebook
from auditlab.publish.files import write_file
from auditlab.publish.ledger_workbook import ledger_workbook
from auditlab.publish.manifest import MANIFEST, versions
from auditlab.publish.notebooks import DRAFTS, PORTFOLIO, TEAM_ONLY
from auditlab.publish.overview import chosen_facts, quality_badge
from auditlab.publish.page_blocks import OPEN_TABLES, TEAM_TABLES
from auditlab.publish.readiness import intake_figures
from auditlab.publish.render import Frame, index_page, notebook_page, question_of, title_of, trace_types
from auditlab.publish.report_files import DRAFT, PACK, WORKBOOK, report_files
from auditlab.publish.run_line import run_line
from auditlab.publish.table_hashes import TABLE_HASHES, write_table_hashes
from auditlab.publish.workbook import follow_up_workbook

FOLLOW_UP = "workpapers/follow_up.xlsx"
SAMPLING = "workpapers/sampling.xlsx"
CHECKLISTS = "workpapers/checklists.xlsx"
LEDGER = "workpapers/intake_ledger.xlsx"
COMMITTEE = "workpapers/committee_pack.xlsx"
_DATES = ("due", "last_examined")
_READINESS = "data_readiness"
_TEAM = "audit team only"
_DRAFT = "draft of the audit team"
_FOR_ALL = "For the organisation: no samples, scores or notes of the team."
_FILES = (
    (FOLLOW_UP, "Follow-up sheet (Excel)", _TEAM,
     "The nonconformities the next audit must take up, with columns to fill in on site."),
    (SAMPLING, "Sampling worksheets (Excel)", _TEAM,
     "A sheet per population with the records drawn, to be filled in on site, and the plan with its seal."),
    (CHECKLISTS, "Checklists (Excel)", _TEAM,
     "Questions with the facts that call for them, interviews, timetable and the records to follow."),
    (WORKBOOK, "Audit report (Excel)", _DRAFT,
     "Every table of the report with all of its text, what was expected, and columns for the next auditor."),
    (DRAFT, "Audit report, draft (Word)", _DRAFT,
     "For the lead auditor to finish: it names what is missing and marks grades that are to be read again."),
    (PACK, "Management review (Word)", "", "For top management; every input has its line, also one not on record."),
    ("documents/audit_plan.docx", "Audit plan (Word)", "", _FOR_ALL),
    ("documents/stakeholder_brief.docx", "Audit brief (Word)", "", _FOR_ALL),
    (COMMITTEE, "Committee pack (Excel)", "",
     "Anonymous tables with small numbers suppressed, and what cannot be concluded from them."),
    (LEDGER, "Ledger of intake (Excel)", _TEAM,
     "What became of every row and every changed cell, with links to file, sheet and cell."),
)  # fmt: skip
"""Workpapers and documents in the order of the index: path, label, for whom, and what they hold."""


def write_report(
    folder: Path,
    lab: Engagement,
    notebooks: Mapping[str, Notebook],
    *,
    failures: Mapping[str, Failure],
    run_id: str,
    made: Mapping[str, bytes] | None = None,
) -> None:
    """Write pages, workpapers (`made`, where they are known) and ``index.html`` into the run folder `folder`."""
    frame = Frame(
        client=lab.settings.client,
        as_of=lab.settings.as_of.isoformat(),
        party=_party(lab),
        run_id=run_id,
        version=__version__,
        pages=tuple(notebooks),
        team_only=TEAM_ONLY,
    )
    contents = {name: contents_of(notebook) for name, notebook in notebooks.items()}
    traces = frozenset[str]().union(*(trace_types(notebook) for notebook in notebooks.values()))
    if traces:
        write_bundle(folder, traces=traces)
    for name, notebook in notebooks.items():
        page = notebook_page(notebook, name=name, frame=frame, failure=failures.get(name))
        write_file(folder / f"{name}.html", page)
    write_client_pages(folder, frame)
    write_table_hashes(folder, run_line(lab, run_id=run_id))
    workpapers = _write_workpapers(folder, _workpapers(folder, lab, run_id=run_id) if made is None else made)
    index = index_page(
        frame=frame,
        key=_key(lab, many=PORTFOLIO in notebooks),
        failures=list(failures.values()),
        open_questions=_questions_said(lab),
        readiness=f"{_READINESS}.html" if _READINESS in notebooks and _READINESS not in failures else "",
        facts=chosen_facts(contents),
        titles={name: title_of(notebook) or name for name, notebook in notebooks.items()},
        badge=quality_badge(lab),
        quality=intake_figures(lab),
        unknowns=_once([unknown for content in contents.values() for unknown in content.unknowns]),
        cards=_cards(notebooks, failures, workpapers),
        tables=_tables(folder, contents),
        inputs=[
            {"name": file.name, "sha256": file.sha256, "size_bytes": file.size_bytes,
             "kilobytes": count(round(file.size_bytes / 1000))}
            for file in lab.inputs
        ],
        versions=", ".join(f"{name} {number}" for name, number in versions().items()),
    )  # fmt: skip
    write_file(folder / "index.html", index)


def _workpapers(folder: Path, lab: Engagement, *, run_id: str) -> dict[str, bytes]:
    """The workpapers and documents whose tables are there."""
    makers = {FOLLOW_UP: _follow_up, SAMPLING: _sampling, CHECKLISTS: _checklists, LEDGER: _ledger}
    made = {name: maker(folder / "tables", lab) for name, maker in makers.items()}
    made |= _documents(folder / "tables", lab) | report_files(folder / "tables", lab, run_id=run_id)
    return {name: content for name, content in made.items() if content is not None}


def _write_workpapers(folder: Path, made: Mapping[str, bytes]) -> list[str]:
    for name, content in made.items():
        write_file(folder / name, content)
    # The pack of a portfolio is made with the settings of the portfolio, before the report.
    return [*([COMMITTEE] if (folder / COMMITTEE).exists() else []), *made]


def _ledger(tables: Path, lab: Engagement) -> bytes | None:
    """The ledger of intake, beside the page about it."""
    if not (tables / "intake_ledger.csv").exists():
        return None
    return ledger_workbook(lab, folder=tables.parent / "workpapers")


def _follow_up(tables: Path, lab: Engagement) -> bytes | None:
    """The follow-up sheet, where the history could be read."""
    table = tables / "follow_up.csv"
    if not table.exists():
        return None
    listed = pd.read_csv(table, keep_default_na=False, na_values={"days_overdue": [""]}, dtype=_follow_up_types(table))
    for column in _DATES:
        listed[column] = pd.to_datetime(listed[column].replace("", None), format="%Y-%m-%d")
    return follow_up_workbook(listed, client=lab.settings.client, as_of=lab.settings.as_of)


def _sampling(tables: Path, lab: Engagement) -> bytes | None:
    """The sampling worksheets, where samples were planned."""
    if not all((tables / f"{name}.csv").exists() for name in ("record_samples", "record_list")):
        return None
    from auditlab.publish.sampling_workbook import read_planned, sampling_workbook  # noqa: PLC0415  # slow to import

    samples = read_planned(tables / "record_samples.csv")
    listed = read_planned(tables / "record_list.csv")
    return sampling_workbook(samples, listed, client=lab.settings.client, as_of=lab.settings.as_of)


def _checklists(tables: Path, lab: Engagement) -> bytes | None:
    """Checklists, interviews and timetable, where an audit was planned."""
    if not all((tables / f"{name}.csv").exists() for name in PLAN_TABLES):
        return None
    frames = {name: read_plan_table(tables / f"{name}.csv") for name in PLAN_TABLES}
    return checklist_workbook(frames, client=lab.settings.client, as_of=lab.settings.as_of)


def _documents(tables: Path, lab: Engagement) -> dict[str, bytes | None]:
    """The plan and the brief for everybody, where an audit was planned."""
    if not all((tables / f"{name}.csv").exists() for name in ("plan_elements", "timetable")):
        return {}
    from auditlab.publish.documents import audit_documents  # noqa: PLC0415  # Word is loaded where it is written

    made = audit_documents(
        read_plan_table(tables / "plan_elements.csv"),
        read_plan_table(tables / "timetable.csv"),
        client=lab.settings.client,
        as_of=lab.settings.as_of.isoformat(),
        templates=lab.folder / "templates",
    )
    return {f"documents/{name}.docx": content for name, content in made.items()}


def _follow_up_types(table: Path) -> dict[str, str]:
    columns = pd.read_csv(table, nrows=0).columns
    return {column: {"order": "int64", "days_overdue": "Float64"}.get(column, "str") for column in columns}


def _party(lab: Engagement) -> str:
    """Who audits; a default is an assumption and says so."""
    said = "party" in lab.settings.model_fields_set
    words = f"{lab.settings.party}-party audit" if said else f"{lab.settings.party}-party audit (assumed)"
    return f"{words}, persons under pseudonyms" if lab.pseudonyms.by_identity else words


def _key(lab: Engagement, *, many: bool) -> list[tuple[str, str]]:
    """Facts of the engagement; `many` clients have no next audit and no edition in common."""
    settings = lab.settings
    if many:
        return [("Portfolio", settings.name), ("Confidence of intervals", f"{100 * settings.method.confidence:g} %")]
    following = settings.next_audit
    planned = following.start.isoformat() if following.start else "date not given"
    return [
        ("Engagement", settings.name),
        ("Next audit", f"{following.type}, {planned}" if "next_audit" in settings.model_fields_set else "not stated"),
        ("Confidence of intervals", f"{100 * settings.method.confidence:g} %"),
        ("Edition", f"ISO/IEC 20000-1:{settings.edition}"),
        *([("Persons", _persons(lab))] if settings.pseudonymised else []),
    ]


def _persons(lab: Engagement) -> str:
    """What the reader must know of pseudonyms: what was replaced, and what was not."""
    known = len(set(lab.pseudonyms.by_identity.values()))
    if not known:
        return "no column names anybody but roles and codes; names that stand in texts only are not known"
    words = f"{count(known)} under pseudonyms; a name that stands in texts only is not known and was not replaced"
    files = (re.sub(r"[_.-]+", " ", one.name) for one in lab.inputs)
    telling = sum(lab.pseudonyms.text(name) != name for name in files)
    if telling:
        words += f"; names of persons stand in {count(telling)} names of files, which are shown: rename these"
    return words if lab.pseudonyms.keyed else f"{words}; numbered in the order of the files, as no secret seed is set"


def _questions_said(lab: Engagement) -> str:
    unanswered = len(lab.open_questions)
    if not unanswered:
        return ""
    return "1 question waits for an answer." if unanswered == 1 else f"{unanswered} questions wait for an answer."


def _tables(folder: Path, contents: Mapping[str, Contents]) -> list[dict[str, str]]:
    """The tables of a run; those that only pages of the audit team show, or none, are marked."""
    open_to_all = {table for name, content in contents.items() if name not in TEAM_ONLY for table in content.tables}
    closed = {table for name in TEAM_ONLY & contents.keys() for table in contents[name].tables} - open_to_all
    closed -= OPEN_TABLES
    names = sorted(path.stem for path in (folder / "tables").glob("*.csv"))
    return [{"name": name, "tag": _TEAM if name in closed | TEAM_TABLES else ""} for name in names]


def _once(unknowns: list[dict[str, str]]) -> list[dict[str, str]]:
    return list({unknown["what"]: unknown for unknown in unknowns}.values())


def _cards(
    notebooks: Mapping[str, Notebook], failures: Mapping[str, Failure], workpapers: list[str]
) -> list[dict[str, str]]:
    cards = [
        {
            "href": f"{name}.html",
            "label": title_of(notebook) or name,
            "tag": "not complete"
            if name in failures
            else _DRAFT
            if name in DRAFTS
            else _TEAM
            if name in TEAM_ONLY
            else "",
            "words": question_of(notebook),
        }
        for name, notebook in notebooks.items()
    ]
    cards += [
        {"href": path, "label": label, "tag": tag, "words": words}
        for path, label, tag, words in _FILES
        if path in workpapers
    ]
    words = "Inputs, settings, parameters, versions and the hash of every file of this run."
    cards.append({"href": MANIFEST, "label": "Manifest", "tag": "", "words": words})
    words = "Run, inputs and the hash of every table; sha256sum --check reads it."
    cards.append({"href": TABLE_HASHES, "label": "Hashes of the tables", "tag": "", "words": words})
    return cards
