"""What the plan expected against what the audit found, cell by cell."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from auditlab.history.cells import key_of, natural_order, nonconformities, plural, text_of
from auditlab.reporting.reported_audit import ReportedAudit
from auditlab.statistics.expected_hits import hit_surprise, is_surprising

EXPECTED_DTYPES = {
    "rank": "Int64", "site": "str", "clause": "str", "part": "str", "planned_minutes": "Int64", "expected": "Float64",
    "low": "Float64", "high": "Float64", "examined": "boolean", "found": "Int64", "findings": "str", "said": "str",
}  # fmt: skip

NOTHING_FOUND = "examined, nothing found"
FOUND_UNKNOWN = "examined, what was found is not known: says nothing"
NOT_EXAMINED = "planned, not examined: says nothing"
NOT_KNOWN = "planned, not known whether examined: says nothing"


class Agreement(NamedTuple):
    """Cells examined as planned: how many nonconforming ones were expected, and how many were there [cells]."""

    examined: int
    expected: float | None
    found: int


def expected_against_found(
    plan: pd.DataFrame, expectation: pd.DataFrame, examined: pd.DataFrame, findings: pd.DataFrame,
    *, audit: ReportedAudit,
) -> pd.DataFrame:  # fmt: skip
    """One row per planned cell, and one for each cell with a nonconformity that was not planned.

    Parameters
    ----------
    plan : DataFrame
        ``allocation`` of the run that the audit followed; without one the result is empty.
    expectation : DataFrame
        ``site, clause, expected, low, high`` of the same run; may be empty.
    examined : DataFrame
        Result of ``history.examinations``.
    findings : DataFrame
        Canonical findings.
    audit : ReportedAudit
        The audit.

    Returns
    -------
    DataFrame
        ``rank, site, clause`` (key), ``part`` (of the plan; *not planned* beyond it), ``planned_minutes, expected``
        with ``low, high`` (chance of a nonconformity) [0-1], ``examined`` (missing where it is not known), ``found``
        (nonconformities, missing where the cell was not examined or no register of findings was handed over),
        ``findings, said``.
    """
    if plan.empty:
        return pd.DataFrame(columns=list(EXPECTED_DTYPES)).astype(EXPECTED_DTYPES)
    followed = plan[(plan["budget_share"] == plan["budget_share"].max()) & (plan["minutes"] > 0)]
    own = examined[examined["audit_id"] == audit.audit_id]
    seen = set(zip(own["site"], own["clause"].map(key_of), strict=True))
    ncs = nonconformities(findings[findings["audit_id"] == audit.audit_id]).dropna(subset=["key", "site"])
    found = {
        (str(site), str(key)): sorted(names["finding_id"], key=natural_order)
        for (site, key), names in ncs.groupby(["site", "key"])
    }
    chances: dict[tuple[str, str], tuple[object, object, object]] = {
        (str(row.site), str(row.clause)): (row.expected, row.low, row.high) for row in expectation.itertuples()
    }
    rows = [
        _planned(row, seen if audit.examination_recorded else None, found, chances)
        for row in followed.sort_values("rank").to_dict("records")
    ]
    there = {(str(row["site"]), str(row["clause"])) for row in rows}
    rows += [
        {"site": site, "clause": key, "part": "not planned", "examined": True, "found": len(names),
         "findings": " ".join(names), "said": "found beyond the plan"}
        for (site, key), names in found.items()
        if (site, key) not in there
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=list(EXPECTED_DTYPES)).astype(EXPECTED_DTYPES)
    if audit.findings_known:
        return table
    said = table["said"].mask(table["said"] == NOTHING_FOUND, FOUND_UNKNOWN)
    return table.assign(found=pd.array([pd.NA] * len(table), dtype="Int64"), said=said)


def _planned(
    row: dict[object, object],
    seen: set[tuple[str, str]] | None,
    found: dict[tuple[str, str], list[str]],
    chances: dict[tuple[str, str], tuple[object, object, object]],
) -> dict[str, object]:
    place = (text_of(row["site"]), text_of(row["clause"]))
    names = found.get(place, [])
    looked = True if names else pd.NA if seen is None else place in seen
    expected, low, high = chances.get(place, (pd.NA, pd.NA, pd.NA))
    said = "found" if names else NOT_KNOWN if seen is None else NOTHING_FOUND if looked else NOT_EXAMINED
    return {
        "rank": row["rank"], "site": place[0], "clause": place[1], "part": row["part"],
        "planned_minutes": row["minutes"], "expected": expected, "low": low, "high": high, "examined": looked,
        "found": len(names) if looked is True else pd.NA, "findings": " ".join(names), "said": said,
    }  # fmt: skip


def agreement(table: pd.DataFrame) -> Agreement:
    """The examined cells of the plan in three numbers.

    Parameters
    ----------
    table : DataFrame
        Result of `expected_against_found`.

    Returns
    -------
    Agreement
        ``expected`` is ``None`` where the chance of any examined cell is not known. Where it is not known which cells
        were examined, none counts: those with a finding alone would all be hits.
    """
    if table["examined"].isna().any() or (table["said"] == FOUND_UNKNOWN).any():
        return Agreement(examined=0, expected=None, found=0)
    inside = _examined(table)
    chances = inside["expected"]
    known = len(inside) > 0 and bool(chances.notna().all())
    return Agreement(
        examined=len(inside), expected=float(chances.sum()) if known else None, found=int((inside["found"] > 0).sum())
    )


def surprise_words(table: pd.DataFrame, confidence: float) -> str:
    """Whether the difference between expected and found is more than chance, for the end of a sentence.

    The number of cells with a nonconformity is taken as the sum of independent cells with the chances of the plan
    (``statistics.hit_surprise``); with cells so few or chances so small that no number could tell, that is said.

    Parameters
    ----------
    table : DataFrame
        Result of `expected_against_found`.
    confidence : float
        Two-sided confidence [0-1].

    Returns
    -------
    str
        Empty where the chance of any examined cell is not known.
    """
    found = agreement(table)
    if found.expected is None:
        return ""
    seen = hit_surprise([float(chance) for chance in _examined(table)["expected"]], found.found)
    tail, few = min((seen.fewer, "few or fewer"), (seen.more, "many or more"))
    if not is_surprising(seen._replace(p=seen.least), confidence=confidence):
        return f"; with {plural(found.examined, 'cell')} no number could tell whether that is more than chance"
    said = f"so {few} would come in {_rare(tail)} of such audits if the chances of the plan were right"
    if is_surprising(seen, confidence=confidence):
        return f", {'fewer' if seen.fewer < seen.more else 'more'} than chance explains: {said}"
    limit = f"limit {50 * (1 - confidence):.2g} % on each side"
    return f", no further apart than chance explains ({limit}): {said}"


def _rare(chance: float) -> str:
    return "less than 0.01 %" if chance < 0.0001 else f"{100 * chance:.2g} %"


def _examined(table: pd.DataFrame) -> pd.DataFrame:
    """The planned cells that were examined."""
    return table[table["examined"].fillna(value=False).astype(bool) & (table["part"] != "not planned")]
