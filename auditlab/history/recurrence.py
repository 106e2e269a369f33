"""What came back: nonconformities at the same recurrence key, over the audits that examined it.

A chain says "same clause again", counted over examinations, across editions. Whether it is the same
issue is for a person to confirm, and no chain ever changes a grade.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from auditlab.history.cells import (
    INFERRED,
    audit_dates,
    cell_examinations,
    clause_sort_key,
    exposure_of,
    looked_up,
    natural_order,
    plural,
    text_of,
    with_shares,
)
from auditlab.history.repeat_expectation import Expectation, expectation
from auditlab.history.same_issue import decided_issue
from auditlab.history.statements import OVERLAP_THRESHOLD, compare_statements
from auditlab.standard.editions import is_new_in_2018
from auditlab.standard.grades import NONCONFORMITIES, Grade

ASKED = "; a person confirms"
WHETHER = " whether it is the same issue"

SYSTEMIC_FROM = 3
"""Audits with a nonconformity from which the note asks a person to consider a systemic cause."""

CHAIN_DTYPES = {
    "view": "str",
    "site": "str",
    "clause": "str",
    "service": "str",
    "examinations": "Int64",
    "audits_with_nc": "Int64",
    "findings": "str",
    "audits": "str",
    "editions": "str",
    "cross_edition": "boolean",
    "eligible": "boolean",
    "recurrent": "boolean",
    "same_issue": "str",
    "expected_chance": "Float64",
    "word_overlap": "Float64",
    "softened_to": "str",
    "exposure": "str",
    "note": "str",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cell:
    """One cell with its nonconformities in order of time and the audits that examined it."""

    view: str
    site: str
    key: str
    chain: pd.DataFrame
    examined: pd.DataFrame
    exposure_known: bool


def recurrence_chains(
    findings: pd.DataFrame,
    examined: pd.DataFrame,
    *,
    audits: pd.DataFrame,
    level: int | None = None,
    decisions: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """All cells with at least one nonconformity, seen by site and for the whole organisation.

    Parameters
    ----------
    findings : DataFrame
        Canonical findings with the 2018 ``clause``; findings without a clause belong to no cell, and
        one that cites several belongs to the cells of all of them, which its ``note`` says.
    examined : DataFrame
        Result of `examinations`.
    audits : DataFrame
        Canonical audits; they date the audits that examined nothing on record.
    level : int, optional
        Parts of the clause number that cells are compared by; by default three inside clause 8 and two elsewhere.
    decisions : mapping, optional
        What a person decided about pairs of findings; see `same_issue_candidates`.

    Returns
    -------
    DataFrame
        ``view`` (site, organisation), ``site`` (empty in the organisation view, missing where the
        finding names none), ``clause`` (recurrence key), ``service`` (where all findings of the
        chain share one), ``examinations`` [audits that examined the cell; missing when nothing is
        known], ``audits_with_nc`` [count], ``findings`` and ``audits`` (space-separated, in order of
        time), ``editions, cross_edition``, ``eligible`` (two or more examinations), ``recurrent``
        (nonconformities in two or more audits), ``same_issue`` (of recurrent chains: "confirm" until a
        person decides, then "yes" or "no"), ``expected_chance`` (of coming back after the first
        nonconformity, from the same clause at other sites and the other clauses of the site) [0-1],
        ``word_overlap`` [0-1] (largest between consecutive statements), ``softened_to`` (OFIs at the
        same cell after its last nonconformity), ``exposure`` (recorded, inferred), ``note``.
    """
    dates = audit_dates(audits, examined)
    sequence = {audit_id: position for position, audit_id in enumerate(dates.index)}
    keyed = with_shares(findings, level=level).dropna(subset=["key"])
    position = keyed["audit_id"].map(lambda audit: sequence.get(audit, len(sequence)))
    order = [
        (place, natural_order(audit), natural_order(finding))
        for place, audit, finding in zip(position, keyed["audit_id"], keyed["finding_id"], strict=True)
    ]
    keyed = keyed.assign(_order=pd.Series(order, index=keyed.index, dtype="object"))
    keyed = keyed.sort_values("_order", kind="stable").reset_index(drop=True)
    ncs = keyed[keyed["grade"].isin([str(grade) for grade in NONCONFORMITIES])]
    cells = _cells(ncs, examined)
    chance = expectation(ncs, examined, level=level)
    rows = [_chain_row(cell, keyed, dates) | _expected(cell, chance, dates) for cell in cells]
    rows = [row | _decided(row, decisions) for row in rows]
    return pd.DataFrame(rows, columns=list(CHAIN_DTYPES)).astype(CHAIN_DTYPES)


def _expected(cell: _Cell, chance: Expectation, dates: pd.DataFrame) -> dict[str, object]:
    """Chance that the cell came back, had it been like its surroundings."""
    if not cell.exposure_known or cell.examined.empty:
        return {"expected_chance": pd.NA}
    first = looked_up(cell.chain["audit_id"], dates["start"]).min()
    value = chance.chance_of_repeat(cell.key, cell.site or None, first)
    return {"expected_chance": pd.NA if pd.isna(value) else round(value, 4)}


def _decided(row: Mapping[str, object], decisions: Mapping[str, str] | None) -> dict[str, object]:
    if not row["recurrent"]:
        return {}
    answer, words = decided_issue(str(row["findings"]).split(), decisions)
    if not words:
        return {"same_issue": answer}
    # What is decided is not asked again; no count changes with it.
    note = row["note"] if answer == "confirm" else str(row["note"]).replace(ASKED, "").replace(WHETHER, "")
    return {"same_issue": answer, "note": f"{note}; {words}"}


def _cells(ncs: pd.DataFrame, examined: pd.DataFrame) -> list[_Cell]:
    known = not examined.empty
    cells = []
    for (key, site), chain in ncs.groupby(["key", "site"], sort=False, dropna=False):
        where = text_of(site)
        # Without a site it is not known where the cell was, so nor how often it was examined.
        seen = cell_examinations(examined, str(key), where) if where else examined.iloc[:0]
        cells.append(
            _Cell(
                view="site", site=where, key=str(key), chain=chain, examined=seen, exposure_known=known and bool(where)
            )
        )
    cells.sort(key=lambda cell: (clause_sort_key(cell.key), cell.site == "", natural_order(cell.site)))
    for key, chain in sorted(ncs.groupby("key", sort=False), key=lambda item: clause_sort_key(item[0])):
        seen = cell_examinations(examined, str(key))
        cells.append(
            _Cell(view="organisation", site="", key=str(key), chain=chain, examined=seen, exposure_known=known)
        )
    return cells


def _chain_row(cell: _Cell, keyed: pd.DataFrame, dates: pd.DataFrame) -> dict[str, object]:
    chain = cell.chain
    audits = list(dict.fromkeys(chain["audit_id"]))
    editions = _editions(chain, dates)
    services = set(chain["service"].map(text_of))
    recurrent = len(audits) >= 2
    likeness = compare_statements(list(chain["statement"].map(text_of)))
    return {
        "view": cell.view,
        "site": cell.site if cell.site or cell.view == "organisation" else None,
        "clause": cell.key,
        "service": services.pop() if len(services) == 1 else "",
        "examinations": len(cell.examined) if cell.exposure_known else pd.NA,
        "audits_with_nc": len(audits),
        "findings": " ".join(chain["finding_id"]),
        "audits": " ".join(audits),
        "editions": " ".join(editions),
        "cross_edition": len(editions) > 1,
        "eligible": len(cell.examined) >= 2 if cell.exposure_known else pd.NA,
        "recurrent": recurrent,
        "same_issue": "",
        "word_overlap": round(likeness[0], 4) if recurrent else pd.NA,
        "softened_to": " ".join(_softened(cell, keyed)),
        "exposure": exposure_of(cell.examined["exposure"]) if cell.exposure_known else None,
        "note": "; ".join(_notes(cell, audits, editions, likeness)),
    }


def _editions(chain: pd.DataFrame, dates: pd.DataFrame) -> list[str]:
    """Editions under which the chain was cited; where a row has none, that of its audit."""
    editions = chain["edition"].fillna(looked_up(chain["audit_id"], dates["edition"]))
    return sorted(set(editions.dropna().astype(str)))


def _softened(cell: _Cell, keyed: pd.DataFrame) -> list[str]:
    """OFIs of the same cell in an audit after the last nonconformity of the chain."""
    here = keyed["key"] == cell.key
    if cell.view == "site":
        here &= keyed["site"] == cell.site
    last_audit = cell.chain["audit_id"].iloc[-1]
    last_place = keyed.index[keyed["audit_id"] == last_audit].max()
    after = keyed[here & (keyed["grade"] == str(Grade.OFI)) & (keyed.index > last_place)]
    return list(after["finding_id"])


def _notes(cell: _Cell, audits: list[str], editions: list[str], likeness: tuple[float, tuple[str, ...]]) -> list[str]:
    notes = [_count_note(cell, audits)]
    if len(editions) > 1:
        notes.append(f"across editions {' and '.join(editions)}, compared at {cell.key}")
    clauses = set(cell.chain["clause"].astype(str))
    if clauses and all(is_new_in_2018(clause) for clause in clauses):
        notes.append("new in 2018: no audit against 2011 can hold a predecessor")
    parted = cell.chain[cell.chain["weight"] < 1]
    if len(parted):
        shares = ", ".join(f"{row.finding_id} {row.weight:.2g}" for row in parted.itertuples())
        notes.append(f"cites clauses of several cells, share here: {shares}")
    outside = [audit for audit in audits if audit not in set(cell.examined["audit_id"])]
    if cell.exposure_known and outside:
        notes.append(
            f"the coverage of {', '.join(outside)} does not list this clause here: finding kept, not counted "
            "as an examination"
        )
    if len(audits) >= SYSTEMIC_FROM:
        notes.append("consider systemic (a person grades; no automatic upgrade)")
    if len(audits) >= 2:
        notes.append(_likeness_note(likeness))
    if cell.exposure_known and (cell.examined["exposure"] == INFERRED).any():
        notes.append("examinations inferred from audit scope")
    return notes


def _count_note(cell: _Cell, audits: list[str]) -> str:
    if not cell.exposure_known:
        reason = (
            "no coverage and no audit scope" if cell.site or cell.view == "organisation" else "the site is not stated"
        )
        return f"nonconformities in {plural(len(audits), 'audit')}; number of examinations unknown ({reason})"
    inside = set(audits) & set(cell.examined["audit_id"])
    counted = f"{len(inside)} of {plural(len(cell.examined), 'examination')}"
    return counted if len(inside) == len(audits) else f"{counted}, and {len(audits) - len(inside)} outside the coverage"


def _likeness_note(likeness: tuple[float, tuple[str, ...]]) -> str:
    share, words = likeness
    rule = f"largest word overlap {share:.2f}, threshold {OVERLAP_THRESHOLD:.2f}"
    if not words:
        return f"statements share no key word: same clause, possibly different issue ({rule}){ASKED}"
    if share < OVERLAP_THRESHOLD:
        return f"statements differ: same clause, possibly different issue ({rule}){ASKED}"
    return f"statements share: {', '.join(words)} ({rule}){ASKED}{WHETHER}"
