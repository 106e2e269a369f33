"""Open an engagement: read every file of the folder and account for every row."""

from __future__ import annotations

import gc
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd

from auditlab.engagement import Engagement, InputFile
from auditlab.errors import EngagementError
from auditlab.intake.actions_beside import without_orphans
from auditlab.intake.answers import show_answers
from auditlab.intake.approvals import settle_approvals
from auditlab.intake.audit_editions import settle_editions
from auditlab.intake.audit_rows import settle_reversed, settle_unlisted
from auditlab.intake.clauses import settle_coverage, settle_findings
from auditlab.intake.consistency import discrepancies
from auditlab.intake.cut_off import cut_at
from auditlab.intake.day_named_audits import settle_audits, with_day_as_name
from auditlab.intake.duplicates import settle_duplicates
from auditlab.intake.export_ends import mark_early_ends
from auditlab.intake.file_kinds import name_below
from auditlab.intake.impossible_values import unknown_where_impossible
from auditlab.intake.input_files import identified, require_folder, table_files
from auditlab.intake.kept_engagement import key_of, put_together, taken_apart
from auditlab.intake.ledger import Ledger
from auditlab.intake.left_out import account_outside
from auditlab.intake.loading import Intake
from auditlab.intake.names import NameBook, name_book
from auditlab.intake.persons import persons_key, pseudonymised, settings_with
from auditlab.intake.questions import Questions
from auditlab.intake.read_limits import ReadLimits
from auditlab.intake.readers import read_files
from auditlab.intake.recognised_sheets import recognise_sheets
from auditlab.intake.running_numbers import settle_running_numbers
from auditlab.intake.service_levels import check_against_counts
from auditlab.intake.sheet_loader import load_table
from auditlab.intake.sheets import RawSheet
from auditlab.intake.sla_clocks import settle_clocks
from auditlab.intake.sla_truth import settle_sla
from auditlab.intake.table_regions import TableArea
from auditlab.intake.unlisted_names import ask_unlisted_sites
from auditlab.kept import Parts, kept
from auditlab.settings import Settings, read_settings
from auditlab.tables import Tables, empty_table, table_specs

# In this order: the list of services already names sites and suppliers.
MASTER_TABLES = {"site": "sites", "supplier": "suppliers", "client": "clients", "service": "services"}


def open_engagement(path: str | Path, *, as_of: str | date | None = None, **settings: Any) -> Engagement:
    """Read the engagement folder `path` into canonical tables.

    Parameters
    ----------
    path : str or Path
        Folder with ``auditlab.toml`` and spreadsheets; it is only read.
    as_of : str or date, optional
        The day the engagement is looked at; wins over the settings file. What happened later is
        left out and accounted for.
    **settings
        Further settings that win over the file, for example ``party="first"``.

    Returns
    -------
    Engagement
        Settings, tables, ledger, summary, questions, discrepancies and the files read; with pseudonyms
        in place of persons where the settings ask for them.

    Raises
    ------
    EngagementError
        If the folder, its settings or one of its files cannot be used. All unusable files are
        named at once.
    """
    folder = Path(path)
    require_folder(folder)
    chosen = read_settings(folder, as_of=as_of, **settings)
    paths = table_files(folder)
    inputs = identified(folder, paths)

    def still() -> bool:
        return identified(folder, paths) == inputs

    @cache
    def with_names() -> Engagement:
        parts = kept(
            "intake",
            key=lambda: key_of(inputs, chosen),
            make=lambda: taken_apart(_read_all_at_once(folder, paths, settings=chosen, inputs=inputs)),
            still=still,
        )
        return put_together(parts, folder=folder, settings=chosen, inputs=inputs)

    if not chosen.pseudonymised:
        return with_names()
    shown = kept(
        "persons",
        key=lambda: [key_of(inputs, chosen), persons_key(chosen)],
        make=lambda: _without_names(with_names()),
        still=still,
    )
    if shown.plain is None:
        return with_names()
    lab = put_together(shown, folder=folder, settings=chosen, inputs=inputs)
    return replace(lab, settings=settings_with(lab.pseudonyms, chosen))


def _without_names(lab: Engagement) -> Parts:
    """`lab` with pseudonyms, taken apart; nothing where it names nobody."""
    shown = pseudonymised(lab)
    return Parts(frames={}) if shown is lab else taken_apart(shown)


def _read_all_at_once(
    folder: Path, paths: list[Path], *, settings: Settings, inputs: tuple[InputFile, ...]
) -> Engagement:
    """As `_read_all`, without the collector: cells are many and hold no cycles, and it would look at all of them."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _read_all(folder, paths, settings=settings, inputs=inputs)
    finally:
        if collecting:
            gc.enable()


def _read_all(folder: Path, paths: list[Path], *, settings: Settings, inputs: tuple[InputFile, ...]) -> Engagement:
    """The canonical tables that have rows, and the account of how they were read."""
    sheets = _read_folder(folder, paths, limits=ReadLimits(**settings.limits.model_dump()))
    ledger, questions = Ledger(), Questions()
    recognised = recognise_sheets(sheets, mapping=settings.mapping, ledger=ledger, questions=questions)
    tables = _load(recognised, sheets, settings=settings, ledger=ledger, questions=questions)
    loaded = Tables({name: frame for name, frame in tables.items() if len(frame)})
    contradictions = discrepancies(loaded, unread_audits=ledger.unread_audits)
    loaded = unknown_where_impossible(loaded, ledger=ledger)
    entries = ledger.frame()
    show_answers(settings, entries, questions=questions)
    return Engagement(
        folder=folder,
        settings=settings,
        tables=loaded,
        ledger=entries,
        summary=ledger.summary(),
        questions=questions.frame(),
        discrepancies=contradictions,
        inputs=inputs,
        columns=ledger.columns(),
    )


def _read_folder(folder: Path, paths: list[Path], *, limits: ReadLimits) -> list[RawSheet]:
    sheets: list[RawSheet] = []
    problems = []
    named = [(path, name_below(path, folder)) for path in paths]
    for (_, name), read in zip(named, read_files(named, limits=limits), strict=True):
        if isinstance(read, EngagementError):
            problems.append(str(read))
            continue
        if not any(sheet.sizes.any() for sheet in read):
            problems.append(f"{name}: no cell of it is filled. Export it again or remove it from the folder.")
        sheets.extend(read)
    if problems:
        raise EngagementError("\n".join(problems))
    return sheets


def _load(
    recognised: list[TableArea], sheets: list[RawSheet], *, settings: Settings, ledger: Ledger, questions: Questions
) -> dict[str, pd.DataFrame]:
    """All tables: the lists of sites, services, suppliers and clients first, since the others name them."""
    books: dict[str, NameBook] = {}
    intake = Intake(settings=settings, ledger=ledger, questions=questions, books=books)
    tables: dict[str, pd.DataFrame] = {}
    for kind, table in MASTER_TABLES.items():
        tables[table] = _load_table(table, recognised, intake=intake)
        books[kind] = name_book(kind, tables[table], aliases=settings.aliases.get(kind, {}))
    others = [name for name in table_specs() if name not in tables]
    tables |= {name: _load_table(name, recognised, intake=intake) for name in others}
    tables = without_orphans(tables, recognised, ledger=ledger)
    for sheet in sheets:
        account_outside(sheet, ledger=ledger)
    tables = settle_running_numbers(settle_audits(tables, intake=intake), intake=intake)
    tables = settle_unlisted(tables, intake=intake)
    tables["audits"] = settle_reversed(tables["audits"], intake=intake)
    tables = settle_editions(tables, intake=intake)
    tables["coverage"] = settle_coverage(tables["coverage"], tables["audits"], intake=intake)
    tables["findings"] = settle_findings(tables["findings"], intake=intake)
    tables["sla_monthly"] = check_against_counts(tables["sla_monthly"], ledger=ledger)
    tables = {name: settle_duplicates(name, frame, intake=intake) for name, frame in tables.items()}
    ask_unlisted_sites(tables, aliases=settings.aliases.get("site", {}), questions=questions)
    known = cut_at(tables, as_of=settings.as_of, ledger=ledger)
    mark_early_ends(known, as_of=settings.as_of, ledger=ledger)
    # After the cut: what was resolved later has no answer yet.
    known = settle_approvals(settle_clocks(known, ledger=ledger), ledger=ledger)
    return known | {"incidents": settle_sla(known["incidents"], ledger=ledger)}


def _load_table(name: str, recognised: list[TableArea], *, intake: Intake) -> pd.DataFrame:
    own = [area for area in recognised if area.recognition.table == name]
    parts = [with_day_as_name(load_table(area, intake=intake), area) for area in own]
    parts = [part for part in parts if len(part)]
    return pd.concat(parts, ignore_index=True) if parts else empty_table(name)
