"""Where to look first: one ranked row per recurrence key and site, with every reason in the row.

The order is the log odds of the expected finding plus the declared contributions. Consequence, uncertainty and
duty stand beside it in columns of their own and are not multiplied into it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from auditlab.history.cells import INFERRED, plural, shared_nonconformities, text_of
from auditlab.priority.cells import FROM_FINDING, last_examinations
from auditlab.priority.contributions import Kind
from auditlab.priority.likelihood import CELL_WEIGHT, HALF_LIFE_YEARS, SITE_WEIGHT, expected_findings
from auditlab.priority.obligations import consequences, follow_ups, leaves_of, mandatory_reasons, services_at
from auditlab.priority.reserve import clause_order
from auditlab.priority.stability import DRAWS, log_odds, rank_stability
from auditlab.standard.clauses import clause_title
from auditlab.standard.programme import programme_rules

DAYS_PER_MONTH = 30.44

PRIORITY_DTYPES = {
    "rank": "int64",
    "ties": "int64",
    "site": "str",
    "clause": "str",
    "title": "str",
    "service": "str",
    "expected": "float64",
    "low": "float64",
    "high": "float64",
    "base": "float64",
    "own_site": "float64",
    "own_history": "float64",
    "clause_examinations": "int64",
    "clause_found": "int64",
    "propensity": "float64",
    "weight_examined": "float64",
    "weight_found": "float64",
    "major_share": "float64",
    "weighted": "float64",
    "contribution": "float64",
    "score": "float64",
    "history_rank": "int64",
    "consequence": "str",
    "consequence_from": "str",
    "regulated": "boolean",
    "uncertainty": "str",
    "months_since": "float64",
    "last_examined": "datetime64[us]",
    "exposure": "str",
    "mandatory": "str",
    "follow_ups": "int64",
    "rank_low": "int64",
    "rank_high": "int64",
    "top5_share": "float64",
    "rank1_share": "float64",
    "first_share": "float64",
    "examinations": "int64",
    "audits_with_nc": "int64",
    "leaves": "int64",
    "untouched_leaves": "int64",
    "contributions": "str",
    "reason": "str",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What the table of priorities is made from; the results of the floors below."""

    cells: pd.DataFrame  # `cell_history`
    added: pd.DataFrame  # `contributions`
    findings: pd.DataFrame  # canonical findings
    services: pd.DataFrame  # canonical services
    follow_up: pd.DataFrame  # `history.follow_up`
    coverage: pd.DataFrame  # `history.coverage_cells`
    central: tuple[str, ...] = ()  # sites with the central function


def priorities_table(
    evidence: Evidence,
    *,
    as_of: pd.Timestamp,
    audit_type: str,
    half_life_years: float = HALF_LIFE_YEARS,
    cell_weight: float = CELL_WEIGHT,
    site_weight: float = SITE_WEIGHT,
    draws: int = DRAWS,
    seed: int = 0,
    visited: Collection[str] | None = None,
) -> pd.DataFrame:
    """The ranked cells.

    Parameters
    ----------
    evidence : Evidence
        Cell history, contributions and what belongs to them.
    as_of : Timestamp
        Day of the review.
    audit_type : str
        Type of the next audit; decides what is mandatory.
    half_life_years : float
        Time in which an examination loses half its weight [years].
    cell_weight, site_weight : float
        ``k`` and ``alpha`` of `expected_findings`.
    draws : int
        Draws of the stability check.
    seed : int
        Seed of these draws; it changes ``rank_low, rank_high`` and the shares of draws only.
    visited : collection of str, optional
        Sites that the next audit visits: duties of the whole system fall on these only. Default: all.

    Returns
    -------
    DataFrame
        By ``rank`` (equal scores by clause, then site): ``ties`` (cells with the same score, this one
        included) [count], ``site, clause`` (recurrence key), ``title, service`` (named by
        findings, signals or changes), ``expected`` with ``low, high`` (80 %) and its parts ``base, own_site,
        own_history``; what they are made of: ``clause_examinations, clause_found`` (over all sites) [count],
        ``propensity`` (theta), ``weight_examined, weight_found`` (W, S; see `expected_findings`);
        ``major_share`` (of the nonconformities of the clause) [0-1], ``weighted`` (``expected`` with a major
        counted as three minors; beside the order, not in it), ``contribution`` (sum), ``score``,
        ``history_rank`` (order without contributions),
        ``consequence, consequence_from, regulated, uncertainty, months_since`` [months of 30.44 days],
        ``last_examined, exposure, mandatory`` (why; empty if not), ``follow_ups`` (earlier
        nonconformities to follow up) [count], ``rank_low, rank_high`` (90 % of the draws),
        ``top5_share, first_share`` (expectations and contributions drawn), ``rank1_share`` (first when the
        contributions alone are drawn) [0-1], ``examinations, audits_with_nc`` [count], ``leaves, untouched_leaves``
        (not examined in this cycle) [count], ``contributions, reason``.

    References
    ----------
    The expectation is that of `expected_findings`; the contributions are judgement, not fitted.
    """
    cells = expected_findings(
        evidence.cells,
        as_of=as_of,
        half_life_years=half_life_years,
        k=cell_weight,
        alpha=site_weight,
        severity="major",
    )
    cells = cells.rename(columns={"entity": "site", "site": "own_site", "own": "own_history"})
    cells = cells.iloc[clause_order(cells)].reset_index(drop=True)
    weights = _weights(cells, evidence.added)
    cells = cells.assign(contribution=weights.sum(axis=1), score=log_odds(cells["expected"]) + weights.sum(axis=1))
    cells = cells.join(rank_stability(cells, weights, draws=draws, seed=seed))
    cells["history_rank"] = _ranks(cells["expected"])
    cells["rank"] = _ranks(cells["score"])
    cells["ties"] = cells.groupby(cells["score"].round(12))["clause"].transform("size")
    by_clause = cells.groupby("clause")
    cells["clause_examinations"] = by_clause["examinations"].transform("sum")
    cells["clause_found"] = by_clause["nonconformities"].transform("sum")
    cells = cells.join(_seen(cells, evidence, as_of)).join(_added_text(cells, evidence.added))
    cells = cells.sort_values("rank").reset_index(drop=True)
    named = services_at(shared_nonconformities(evidence.findings), evidence.added)
    cells = cells.join(consequences(cells, evidence.services, named))
    cells["mandatory"] = mandatory_reasons(
        cells, evidence.follow_up, programme_rules(), audit_type=audit_type, central=evidence.central, visited=visited
    )
    cells["follow_ups"] = follow_ups(cells, evidence.follow_up)
    cells["title"] = [clause_title(clause) for clause in cells["clause"]]
    cells["reason"] = [_reason(row) for _, row in cells.iterrows()]
    return cells[list(PRIORITY_DTYPES)].astype(PRIORITY_DTYPES)


def _ranks(values: pd.Series) -> pd.Series:
    # Equal scores may differ in their last bits when sums ran in another order; 12 digits are enough.
    return values.round(12).rank(method="first", ascending=False).astype("int64")


def _weights(cells: pd.DataFrame, added: pd.DataFrame) -> pd.DataFrame:
    """Contributions by cell and kind, 0 where there is none."""
    places = pd.MultiIndex.from_frame(cells[["site", "clause"]])
    table = added.pivot_table(index=["site", "clause"], columns="kind", values="weight", aggfunc="first")
    full = table.reindex(index=places, columns=[str(kind) for kind in Kind])
    return full.astype(float).fillna(0.0).reset_index(drop=True)


def _added_text(cells: pd.DataFrame, added: pd.DataFrame) -> pd.DataFrame:
    texts: dict[tuple[str, str], list[str]] = {}
    kinds = [str(kind) for kind in Kind]
    ordered = added.sort_values("kind", key=lambda names: names.map(kinds.index), kind="stable")
    for site, clause, text in zip(ordered["site"], ordered["clause"], ordered["text"], strict=True):
        texts.setdefault((site, clause), []).append(text)
    cell_texts = ["; ".join(texts.get(cell, [])) for cell in zip(cells["site"], cells["clause"], strict=True)]
    return pd.DataFrame({"contributions": cell_texts}, index=cells.index, dtype="str")


def _seen(cells: pd.DataFrame, evidence: Evidence, as_of: pd.Timestamp) -> pd.DataFrame:
    """When each cell was last examined, and the words for what is not known about it."""
    places = pd.MultiIndex.from_frame(cells[["site", "clause"]], names=["entity", "clause"])
    last = last_examinations(evidence.cells).reindex(places)
    days = (as_of - last["last_examined"]).dt.days
    states = {
        (site, leaf): state
        for site, leaf, state in zip(
            evidence.coverage["site"], evidence.coverage["clause"], evidence.coverage["state"], strict=True
        )
    }
    leaves = [leaves_of(clause) for clause in cells["clause"]]
    untouched = [
        sum(states.get((site, leaf)) in {"untouched", "unknown"} for leaf in under)
        for site, under in zip(cells["site"], leaves, strict=True)
    ]
    seen = pd.DataFrame(
        {
            "last_examined": last["last_examined"].to_numpy(),
            "months_since": (days / DAYS_PER_MONTH).round(1).to_numpy(),
            "exposure": last["exposure"].to_numpy(),
            "audits_with_nc": last["audits_with_nc"].fillna(0).astype("int64").to_numpy(),
            "leaves": [len(under) for under in leaves],
            "untouched_leaves": untouched,
        },
        index=cells.index,
    )
    return seen.assign(uncertainty=[_uncertainty(row) for _, row in seen.iterrows()])


def _uncertainty(row: pd.Series) -> str:
    if pd.isna(row["months_since"]):
        words = ["never examined"]
    else:
        words = [f"last examined {row['months_since']:.1f} months ago"]
    count, total = int(row["untouched_leaves"]), int(row["leaves"])
    if count and pd.notna(row["months_since"]):
        words.append(
            "not examined in this cycle" if count == total else f"{count} of {total} clauses not in this cycle"
        )
    if text_of(row["exposure"]) == INFERRED:
        words.append("exposure inferred")
    if text_of(row["exposure"]) == FROM_FINDING:
        words.append("examination known from its finding only")
    return "; ".join(words)


def _reason(row: pd.Series) -> str:
    """The row as a sentence that a person can read and check."""
    examined, found = int(row["examinations"]), int(row["audits_with_nc"])
    if examined:
        parts = [f"{found} of {plural(examined, 'examination')} with a nonconformity"]
    else:
        parts = ["never examined here: the expectation rests on this clause at other sites and on this site"]
    parts.append(f"this clause over all sites: {int(row['clause_found'])} of {int(row['clause_examinations'])}")
    expected, low, high = (f"{100 * row[column]:.0f} %" for column in ("expected", "low", "high"))
    parts.append(f"expected {expected} (80 % interval {low} to {high})")
    parts += [text_of(row["contributions"])] if text_of(row["contributions"]) else []
    if examined:
        parts.append(text_of(row["uncertainty"]))
    return "; ".join(parts)
