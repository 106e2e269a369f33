"""The account of intake in a few figures and sentences: for the index and the first screen of data_readiness."""

from __future__ import annotations

import pandas as pd

from auditlab.engagement import Engagement
from auditlab.intake.first_look import rejected_for_one_reason
from auditlab.intake.quality import data_rows
from auditlab.numerals import count

_ROWS = ("loaded", "rejected", "skipped", "duplicate")


def intake_figures(lab: Engagement) -> list[tuple[str, str]]:
    """Label and figure of the data-quality line: rows by what became of them, cells, questions, contradictions."""
    summary = lab.summary
    rows = [("rows seen", int(summary["seen"].sum()))]
    rows += [(f"rows {fate}" if fate != "duplicate" else "duplicate rows", int(summary[fate].sum())) for fate in _ROWS]
    rows += [
        ("cells repaired", _cells(lab, "repaired")),
        ("open questions", len(lab.open_questions)),
        ("contradictions", len(lab.discrepancies)),
    ]
    return [(label, count(value)) for label, value in rows]


def readiness_facts(lab: Engagement, *, kpis: pd.DataFrame) -> pd.DataFrame:
    """The sentences that open data_readiness.

    Parameters
    ----------
    lab : Engagement
        The engagement.
    kpis : DataFrame
        Result of ``intake.kpi_availability``.

    Returns
    -------
    DataFrame
        ``order, sentence, value, n, low, high, table``; counts of rows are exact, so there are no intervals.
    """
    facts = [_rows_fact(lab), _cells_fact(lab), _questions_fact(lab), _contradictions_fact(lab), _tables_fact(lab)]
    facts.append(_kpi_fact(kpis))
    frame = pd.DataFrame(facts, columns=["sentence", "value", "n", "table"])
    frame.insert(0, "order", range(1, len(frame) + 1))
    return frame.assign(low=None, high=None).astype(
        {"order": "Int64", "value": "Float64", "n": "Float64", "low": "Float64", "high": "Float64"}
    )


def without_rows(lab: Engagement, table: str) -> str:
    """Why nothing of a table was loaded: it was not handed over, or its rows were rejected."""
    words = table.replace("_", " ")
    seen = data_rows(lab, table)
    if not seen:
        return f"No row of the table '{words}' was handed over."
    reasons = rejected_for_one_reason(lab).get(table, [])
    told = " ".join(f"{reason}." for reason in reasons) or "The ledger has the reason of each."
    return f"The table '{words}' was handed over, but none of its {_of(seen, 'row')} was loaded. {told}"


def ledger_by_rule(ledger: pd.DataFrame) -> pd.DataFrame:
    """How often each rule changed, refused or marked something, with its first case.

    Parameters
    ----------
    ledger : DataFrame
        Ledger of intake.

    Returns
    -------
    DataFrame
        ``action, rule, table, field, entries`` [count], ``first_file, first_row, old, new`` of the
        first case. Rows that were simply loaded are left out.
    """
    told = ledger[ledger["action"] != "loaded"]
    # A rule that names a row ("stands already in row 2787") is one rule, not as many as there are rows.
    # So is one that quotes what a cell holds.
    rule = told["rule"].str.replace(r"\brow \d+", "row …", regex=True)
    told = told.assign(rule=rule.str.replace(r"\('.*?'\)", "('…')", regex=True))
    groups = told.groupby(["action", "rule", "table", "field"], sort=False, dropna=False)
    counted = groups.agg(
        entries=("row", "size"), first_file=("file", "first"), first_row=("row", "first"), old=("old", "first"),
        new=("new", "first"),
    )  # fmt: skip
    order = {action: place for place, action in enumerate(("rejected", "flagged", "duplicate", "repaired", "skipped"))}
    by_weight = counted.reset_index().sort_values(
        ["action", "entries"],
        key=lambda values: values.map(order) if values.name == "action" else -values,
        kind="stable",
    )
    return by_weight.reset_index(drop=True)


_Fact = tuple[str, int, int | None, str]


def _cells(lab: Engagement, action: str) -> int:
    return int(((lab.ledger["action"] == action) & (lab.ledger["field"].fillna("") != "")).sum())


def _rows_fact(lab: Engagement) -> _Fact:
    summary = lab.summary
    seen, loaded, rejected, skipped, duplicate = (int(summary[name].sum()) for name in ("seen", *_ROWS))
    sentence = (
        f"{_of(seen, 'row')} in {_of(summary['file'].nunique(), 'file')} were seen: {count(loaded)} loaded, "
        f"{count(rejected)} rejected, {count(skipped)} skipped, {_of(duplicate, 'duplicate')}. "
        "Every one is in the ledger with its reason."
    )
    return sentence, loaded, seen, "intake_summary"


def _cells_fact(lab: Engagement) -> _Fact:
    repaired, flagged = _cells(lab, "repaired"), _cells(lab, "flagged")
    sentence = (
        f"{_of(repaired, 'cell was', 'cells were')} repaired, with the old and the new value in the ledger; "
        f"{_of(flagged, 'cell', 'cells')} kept as found and marked for a person to look at."
    )
    return sentence, repaired, None, "intake_ledger"


def _questions_fact(lab: Engagement) -> _Fact:
    asked, unanswered = len(lab.questions), len(lab.open_questions)
    if not asked:
        return "Nothing was left for a person to decide.", 0, 0, "intake_questions"
    rest = (
        "all are answered"
        if not unanswered
        else f"{count(unanswered)} wait for an answer, and numbers may change with it"
    )
    return (
        f"{_of(asked, 'decision', 'decisions')} could not be made by a program: {rest}.",
        unanswered,
        asked,
        "intake_questions",
    )


def _contradictions_fact(lab: Engagement) -> _Fact:
    found = len(lab.discrepancies)
    if not found:
        return "No contradiction between the loaded rows was found by the checks made.", 0, None, "discrepancies"
    sentence = (
        f"{_of(found, 'contradiction', 'contradictions')} between loaded rows, each with its effect on the numbers."
    )
    return sentence, found, None, "discrepancies"


def _tables_fact(lab: Engagement) -> _Fact:
    names = list(lab.tables)
    held = [name for name in names if lab.has(name)]
    lost = [name for name in names if not lab.has(name) and data_rows(lab, name)]
    absent = [name for name in names if name not in held and name not in lost]
    sentence = f"{len(held)} of {len(names)} kinds of table were handed over and loaded"
    sentence += f"; handed over, but no row of it loaded: {_listed(lost)}" if lost else ""
    sentence += f"; not handed over: {_listed(absent)}" if absent else ""
    return f"{sentence}.", len(held), len(names), "quality_card"


def _listed(tables: list[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in tables)


def _kpi_fact(kpis: pd.DataFrame) -> _Fact:
    computable = int(kpis["computable"].astype(bool).sum())
    sentence = f"{computable} of {len(kpis)} key figures of the catalogue can be computed from what was handed over."
    return sentence, computable, len(kpis), "kpi_availability"


def _of(number: int, one: str, many: str | None = None) -> str:
    return f"{count(number)} {one if number == 1 else many or one + 's'}"
