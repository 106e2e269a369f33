"""Reading sampling worksheets back, whatever was sorted, added or left empty in them."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from auditlab.errors import EngagementError
from auditlab.publish.sampling_workbook import (
    ITEM_LABELS,
    MAY_BE_EMPTY,
    PLAN_LABELS,
    PLAN_SHEET,
    REPLACED_BY,
    REPLACED_WHY,
    STRATUM,
    read_planned,
)
from auditlab.sampling.plan import SEPARATOR
from auditlab.sampling.results import RESULTS
from auditlab.sampling.sealed_sheets import PLAN_NUMBERS
from auditlab.sampling.worksheets import Worksheet, WorksheetResults, evaluate_worksheets

_HEADER_ROWS = 20
_Sheets = Mapping[str, Sequence[Sequence[object]]]
_OF_RUN = (Path("tables") / "record_list.csv", Path("tables") / "record_samples.csv")


def read_worksheets(path: str | Path) -> tuple[Worksheet, ...]:
    """The sheets of a sampling workbook.

    Parameters
    ----------
    path : str or Path
        An .xlsx file that `sampling_workbook` made, filled in or not.

    Raises
    ------
    EngagementError
        If the file cannot be read, or lacks a sheet or column it was made with.
    """
    file = Path(path)
    sheets = sheets_of(file, made_as="sampling.xlsx")
    return tuple(_worksheet(sheets, plan, file=file) for plan in _plans(sheets, file=file))


def sheets_of(file: Path, *, made_as: str) -> Mapping[str, Sequence[Sequence[object]]]:
    """The cells of a filled-in workpaper by sheet; `made_as` is its name in a run.

    Raises
    ------
    EngagementError
        If there is no such file, or it is no workbook.
    """
    if not file.is_file():
        raise EngagementError(f"There is no worksheet {file}. Give the path of the filled-in {made_as}.")
    try:
        book = CalamineWorkbook.from_path(str(file))
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except (CalamineError, ValueError) as error:
        raise EngagementError(f"{file}: this is no workbook that can be read ({error}). Save it as .xlsx.") from None


def evaluated_file(
    path: str | Path | None, *, run: str | Path | None = None, seed: str | None = None
) -> WorksheetResults:
    """The results of a filled-in workbook; empty tables without one. Parameters as `run_of`."""
    if path is None:
        return evaluate_worksheets(())
    folder = run_of(path, run)
    listed, planned = (read_planned(folder / table) for table in _OF_RUN) if folder else (None, None)
    return evaluate_worksheets(read_worksheets(path), listed=listed, planned=planned, seed=seed)


def run_of(worksheet: str | Path, run: str | Path | None = None) -> Path | None:
    """The run that drew a list: `run`, or the one the worksheet lies in; ``None`` where there is none.

    Raises
    ------
    EngagementError
        If `run` is given and holds no list.
    """
    folder = Path(run) if run is not None else Path(worksheet).resolve().parent.parent
    absent = [str(table) for table in _OF_RUN if not (folder / table).is_file()]
    if absent and run is not None:
        raise EngagementError(f"{folder} holds no {absent[0]}. Give the folder of the run that drew the list.")
    return None if absent else folder


def _plans(sheets: _Sheets, *, file: Path) -> list[dict[str, str]]:
    """The lines of the plan sheet, by population."""
    if PLAN_SHEET not in sheets:
        raise EngagementError(
            f"{file.name}: there is no sheet '{PLAN_SHEET}'. Sheets: {', '.join(sheets)}. Put it back."
        )
    rows = [[_text(cell) for cell in row] for row in sheets[PLAN_SHEET]]
    labels = {label: name for name, label in PLAN_LABELS.items()}
    counts = [sum(row[place] in labels for row in rows) for place in range(max(map(len, rows), default=0))]
    column = counts.index(max(counts)) if any(counts) else 0
    lines = {labels[str(row[column])]: row[column + 1 :] for row in rows if column < len(row) and row[column] in labels}
    absent = [f"'{label}'" for label, name in labels.items() if name not in lines and name not in MAY_BE_EMPTY]
    if absent:
        raise EngagementError(f"{file.name}, sheet '{PLAN_SHEET}': no line {', '.join(absent)}. Put it back.")
    plans = []
    for place in (place for place, name in enumerate(lines["sheet"]) if name is not None):
        plan = {name: value for name, values in lines.items() if (value := _share(values[place])) is not None}
        empty = [f"'{PLAN_LABELS[name]}'" for name in lines if name not in plan and name not in MAY_BE_EMPTY]
        if empty:
            raise EngagementError(f"{file.name}, sheet '{PLAN_SHEET}': {', '.join(empty)} is empty. Put it back.")
        odd = [f"'{PLAN_LABELS[name]}' is '{plan[name]}'" for name in PLAN_NUMBERS if not _is_number(plan.get(name))]
        if odd:
            raise EngagementError(
                f"{file.name}, sheet '{PLAN_SHEET}': {', '.join(odd)}, no number. Put back what was planned."
            )
        plans.append(plan)
    return plans


def _is_number(text: str | None) -> bool:
    """Whether a line of the plan is empty or a number."""
    return text is None or re.fullmatch(r"[0-9.]+(e-[0-9]+)?", text) is not None


def _share(text: str | None) -> str | None:
    """A share written in per cent as the number it is; other texts as they are."""
    found = re.fullmatch(r"([0-9.]+) %", text or "")
    return str(float(Fraction(found[1]) / 100)) if found else text


def _worksheet(sheets: _Sheets, plan: dict[str, str], *, file: Path) -> Worksheet:
    attributes = tuple(plan["attributes"].split(SEPARATOR))
    answers = _answers(sheets, plan["sheet"], attributes, strata="strata" in plan, file=file)
    if "next_sheet" in plan:
        later = _answers(sheets, plan["next_sheet"], attributes, strata=False, file=file)
        later["row"] = later["row"].astype("str") + f" of '{plan['next_sheet']}'"
        answers = pd.concat([answers, later], ignore_index=True)
    return Worksheet(plan=plan, answers=answers, attributes=attributes)


def _answers(sheets: _Sheets, name: str, attributes: tuple[str, ...], *, strata: bool, file: Path) -> pd.DataFrame:
    """The records of one sheet with their results."""
    items = {ITEM_LABELS[item]: item for item in ("item", "part", "order")} | ({STRATUM: "stratum"} if strata else {})
    needed = (*items, *attributes, REPLACED_BY, REPLACED_WHY)
    table = sheet_table(sheets, name, needed=needed, file=file)
    table = table.rename(columns=items | {REPLACED_BY: "replaced_by", REPLACED_WHY: "replaced_why"})
    for attribute in attributes:
        table[attribute] = table[attribute].map(_result, na_action="ignore")
    kept = table.dropna(subset=["item", "part", *attributes], how="all")
    if kept[["item", "part"]].isna().any(axis=None):
        rows = ", ".join(kept.loc[kept[["item", "part"]].isna().any(axis="columns"), "row"].astype("str"))
        raise EngagementError(
            f"{file.name}, sheet '{name}': the record or its part is empty in row {rows}. Put it back."
        )
    odd = kept[kept["order"].notna() & ~kept["order"].fillna("0").str.fullmatch("[0-9]+")]
    if len(odd):
        raise EngagementError(
            f"{file.name}, sheet '{name}', row {odd['row'].iloc[0]}: '{ITEM_LABELS['order']}' is "
            f"'{odd['order'].iloc[0]}', no place in the draw. Put the number back."
        )
    columns = ["item", "part", "order", "stratum", "row", "replaced_by", "replaced_why", *attributes]
    return kept.reindex(columns=columns).astype({"stratum": "str", "row": "str"}).reset_index(drop=True)


def sheet_table(sheets: _Sheets, name: str, *, needed: tuple[str, ...], file: Path) -> pd.DataFrame:
    """The table of a sheet, all text, with the row numbers of the spreadsheet program.

    Raises
    ------
    EngagementError
        If the sheet or one of the `needed` columns is not there.
    """
    if name not in sheets:
        raise EngagementError(f"{file.name}: there is no sheet '{name}'. Sheets: {', '.join(sheets)}. Put it back.")
    rows = [[_text(cell) for cell in row] for row in sheets[name]]
    best = max(range(min(_HEADER_ROWS, len(rows))), key=lambda place: len(set(needed) & set(rows[place])), default=None)
    header = rows[best] if best is not None else []
    absent = [label for label in needed if label not in header]
    if absent or best is None:
        labels = ", ".join(f"'{label}'" for label in absent)
        raise EngagementError(f"{file.name}, sheet '{name}': no column {labels}. Put the heading back.")
    places = {label: header.index(label) for label in needed}
    body = [
        {label: row[place] if place < len(row) else None for label, place in places.items()} | {"row": number}
        for number, row in enumerate(rows[best + 1 :], start=best + 2)
    ]
    table = pd.DataFrame(body, columns=[*needed, "row"])
    return table.astype(dict.fromkeys(needed, "str"))


def _text(cell: object) -> str | None:
    if isinstance(cell, float) and cell.is_integer() and math.isfinite(cell):
        return str(int(cell))
    text = str(cell).strip()
    return text or None


def _result(text: str) -> str:
    """A result as the drop-down writes it, whatever its capitals and spaces."""
    plain = " ".join(text.lower().split())
    return plain if plain in RESULTS else text
