"""A new engagement: its settings with a fresh seed, a blank workbook and notebooks to work in."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

from auditlab.errors import EngagementError
from auditlab.intake.file_kinds import is_table_file
from auditlab.publish.blank_workbook import blank_workbook
from auditlab.publish.files import REPORTS, write_file
from auditlab.publish.notebooks import chosen_notebooks
from auditlab.settings import SETTINGS_FILE

WORKBOOK = "engagement.xlsx"
NOTEBOOKS = "notebooks"

_SETTINGS = """# Settings of this engagement. Every line may be changed; 'auditlab check' says what it understands.
name = {name}
client = {name}
party = "first"              # first: the organisation itself; second: a customer; third: a certification body
as_of = {day}           # the day the engagement is looked at; what came later is not known
edition = "2018"
seed = "{seed}"  # 128 bits, secret: whoever knows it can predict every drawn sample

[next_audit]
# one of stage1, stage2, surveillance, recertification, transition, transfer, test, special, internal, supplier
type = "surveillance"
# start = {day}
# auditor_days = 4.0

# [persons]
# shown = "pseudonyms"       # or "names"; a third-party audit shows pseudonyms unless it says otherwise
# keep = ["Duty Wizard"]     # values of columns of persons that are roles or codes and stay as they are
"""
_ENGAGEMENT = re.compile(r"^engagement = .*$", re.MULTILINE)


def spreadsheets_in(folder: Path) -> list[Path]:
    """The spreadsheets that lie in `folder` already, by path."""
    return sorted(path for path in folder.rglob("*") if is_table_file(path) and path.is_file())


def new_engagement(folder: Path, *, day: date, seed: str, workbook: bool | None = None) -> list[Path]:
    """Write a new engagement into `folder`, which may exist but must hold none of its files yet.

    In a folder that holds spreadsheets the settings alone are written: the files beside them are the engagement.

    Parameters
    ----------
    folder : Path
        The folder; its name becomes the name of the engagement.
    day : date
        First day of review.
    seed : str
        128 random bits as 32 hexadecimal digits.
    workbook : bool, optional
        Whether a blank workbook is written; by default where the folder holds no spreadsheet yet.

    Returns
    -------
    list of Path
        The files written: ``auditlab.toml``, and in a folder without spreadsheets ``engagement.xlsx`` and the
        notebooks.

    Raises
    ------
    EngagementError
        If one of the files is there already; nothing is written then.
    """
    name = folder.resolve().name or "engagement"
    words = _SETTINGS.format(name=json.dumps(name, ensure_ascii=False), day=day.isoformat(), seed=seed)
    if folder.is_file():
        raise EngagementError(f"{folder} is a file. Name a folder for the new engagement.")
    own = bool(spreadsheets_in(folder))
    files: dict[Path, str | bytes] = {folder / SETTINGS_FILE: words}
    if workbook or (workbook is None and not own):
        files[folder / WORKBOOK] = blank_workbook()
    files |= {} if own else _notebooks(folder)
    there = [path for path in files if path.exists()]
    if there:
        going = f" 'auditlab check {folder}' goes on with this one." if there[0].name == SETTINGS_FILE else ""
        raise EngagementError(f"{there[0]} exists already. Name another folder; nothing was written.{going}")
    if not own:
        # Notebooks in JupyterLab find the folder of reports beside themselves.
        (folder / REPORTS).mkdir(parents=True, exist_ok=True)
    return [write_file(path, content) for path, content in files.items()]


def with_notebooks(folder: Path) -> list[Path]:
    """Copy the notebooks into the engagement `folder`, where it has none; the files written."""
    if (folder / NOTEBOOKS).exists():
        return []
    (folder / REPORTS).mkdir(exist_ok=True)
    return [write_file(path, content) for path, content in _notebooks(folder).items()]


def _notebooks(folder: Path) -> dict[Path, str]:
    return {folder / NOTEBOOKS / f"{name}.ipynb": _own(source) for name, source in chosen_notebooks(None).items()}


def _own(source: Path) -> str:
    """The notebook `source` with its parameter ``engagement`` set to the folder above it."""
    notebook = json.loads(source.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if "parameters" in cell["metadata"].get("tags", ()):
            text = "".join(cell["source"])
            cell["source"] = _ENGAGEMENT.sub('engagement = ".."  # folder of the engagement', text, count=1)
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"
