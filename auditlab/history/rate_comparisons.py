"""Are the finding rates different at all? Between audits, between sites, between lead auditors."""

from __future__ import annotations

from itertools import combinations

import pandas as pd

from auditlab.history.cells import audits_once, looked_up, plural, site_list, text_of
from auditlab.history.rates import GRADE_GROUPS
from auditlab.standard.grades import Grade
from auditlab.statistics.exact_tests import fisher, homogeneity, rate_ratio

COMPARISON_DTYPES = {
    "comparison": "str",
    "subject": "str",
    "against": "str",
    "grade_group": "str",
    "n": "Int64",
    "n_against": "Int64",
    "effect": "Float64",
    "low": "Float64",
    "high": "Float64",
    "statistic": "Float64",
    "df": "Int64",
    "p": "Float64",
    "method": "str",
    "intervals_overlap": "boolean",
    "tests": "Int64",
    "note": "str",
}

AUDITOR_DTYPES = {
    "auditor": "str",
    "audits": "Int64",
    "nc": "Int64",
    "ofi": "Int64",
    "rest_nc": "Int64",
    "rest_ofi": "Int64",
    "odds_ratio": "Float64",
    "low": "Float64",
    "high": "Float64",
    "p": "Float64",
    "method": "str",
    "identifiable": "boolean",
    "note": "str",
}

CANNOT_TELL = "cannot tell them apart"


def rate_comparisons(rates: pd.DataFrame, *, confidence: float = 0.95, grade_group: str = "nc") -> pd.DataFrame:
    """Audits and sites compared per auditor-day.

    Parameters
    ----------
    rates : DataFrame
        Result of `finding_rates`.
    confidence : float
        Two-sided confidence [0-1].
    grade_group : str
        Group of `finding_rates` to compare.

    Returns
    -------
    DataFrame
        One row per test: ``comparison`` (audits_homogeneous, audit_against_rest, sites_homogeneous,
        site_against_site), ``subject, against, grade_group, n, n_against`` [findings], ``effect``
        (rate ratio), ``low, high, statistic, df, p, method, intervals_overlap`` (of the two rates),
        ``tests`` (number of tests of that comparison, p is not corrected for it), ``note``. Units
        without a rate take no part; fewer than two leave no row.
    """
    group = rates[(rates["grade_group"] == grade_group) & rates["rate"].notna()]
    rows: list[dict[str, object]] = []
    for scope, column in (("audit", "audit_id"), ("site", "site")):
        units = group[group["scope"] == scope]
        if len(units) < 2:
            continue
        rows.append(_homogeneity(units, scope, column))
        rows += _against_rest(units, confidence) if scope == "audit" else _pairs(units, confidence)
    frame = pd.DataFrame(rows, columns=list(COMPARISON_DTYPES)).assign(grade_group=grade_group)
    frame["tests"] = frame.groupby("comparison")["comparison"].transform("size")
    return frame.astype(COMPARISON_DTYPES)


def _homogeneity(units: pd.DataFrame, scope: str, column: str) -> dict[str, object]:
    result = homogeneity([int(n) for n in units["n"]], [float(days) for days in units["auditor_days"]])
    return {
        "comparison": f"{scope}s_homogeneous",
        "subject": " ".join(units[column]),
        "n": int(units["n"].sum()),
        "statistic": result.statistic,
        "df": result.df,
        "p": result.p,
        "method": result.method,
        "note": f"{CANNOT_TELL} per auditor-day" if result.p >= 0.05 else "the rates differ by more than chance",
    }


def _against_rest(units: pd.DataFrame, confidence: float) -> list[dict[str, object]]:
    rows = []
    for position, audit in units.iterrows():
        rest = units.drop(index=position)
        ratio = rate_ratio(
            int(audit["n"]),
            float(audit["auditor_days"]),
            int(rest["n"].sum()),
            float(rest["auditor_days"].sum()),
            confidence=confidence,
        )
        rows.append(
            {
                "comparison": "audit_against_rest",
                "subject": audit["audit_id"],
                "against": "rest",
                "n": int(audit["n"]),
                "n_against": int(rest["n"].sum()),
                "effect": ratio.effect,
                "low": ratio.low,
                "high": ratio.high,
                "p": ratio.p,
                "method": ratio.method,
                "note": "other site set and team may explain a difference"
                + (f"; {CANNOT_TELL}" if ratio.p >= 0.05 else ""),
            }
        )
    return rows


def _pairs(units: pd.DataFrame, confidence: float) -> list[dict[str, object]]:
    rows = []
    for (_, one), (_, other) in combinations(units.iterrows(), 2):
        ratio = rate_ratio(
            int(one["n"]),
            float(one["auditor_days"]),
            int(other["n"]),
            float(other["auditor_days"]),
            confidence=confidence,
        )
        overlap = bool(one["low"] <= other["high"] and other["low"] <= one["high"])
        note = f"rates overlap: {CANNOT_TELL} per auditor-day" if overlap else "rates do not overlap"
        rows.append(
            {
                "comparison": "site_against_site",
                "subject": one["site"],
                "against": other["site"],
                "n": int(one["n"]),
                "n_against": int(other["n"]),
                "effect": ratio.effect,
                "low": ratio.low,
                "high": ratio.high,
                "p": ratio.p,
                "method": ratio.method,
                "intervals_overlap": overlap,
                "note": note,
            }
        )
    return rows


def auditor_codes(audits: pd.DataFrame) -> dict[str, str]:
    """Lead auditors of the register by code ("auditor 1", ...), in order of their first audit.

    The result is the key between names and codes: it stays inside the program.
    """
    leads = [lead for lead in audits_once(audits)["lead"].map(text_of) if lead]
    return {lead: f"auditor {number}" for number, lead in enumerate(dict.fromkeys(leads), start=1)}


def auditor_comparison(findings: pd.DataFrame, audits: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Nonconformities against improvements by lead auditor, and why it is mostly no estimate.

    Grading habits can be told from circumstances only where two auditors met the same ones. An
    auditor is *identifiable* when some other auditor led an audit of the same site set in the same
    calendar year, and the auditor led more than one audit.

    Returns
    -------
    DataFrame
        ``auditor`` (code), ``audits`` (led) [count; their names would give the person away],
        ``nc, ofi, rest_nc, rest_ofi`` [findings], ``odds_ratio, low,
        high`` (missing: no estimate, where not identifiable), ``p`` (Fisher exact), ``method,
        identifiable, note``.
    """
    facts = audits_once(audits).dropna(subset=["lead"])
    codes = auditor_codes(audits)
    once = findings.drop_duplicates("finding_id")
    lead = looked_up(once["audit_id"], facts.set_index("audit_id")["lead"])
    led = once.assign(lead=lead.astype("str")).dropna(subset=["lead"])
    nc, ofi = led["grade"].isin(GRADE_GROUPS["nc"]), led["grade"] == str(Grade.OFI)
    rows = []
    for name, code in codes.items():
        own = led["lead"] == name
        counts = [int((own & nc).sum()), int((own & ofi).sum()), int((~own & nc).sum()), int((~own & ofi).sum())]
        reason = _confounded(facts, name)
        row: dict[str, object] = {
            "auditor": code,
            "audits": int((facts["lead"] == name).sum()),
            "identifiable": reason is None,
        }
        if len(led):
            row |= dict(zip(("nc", "ofi", "rest_nc", "rest_ofi"), counts, strict=True))
        row |= _odds(counts, confidence, estimate=reason is None)
        rows.append(row | {"note": f"no estimate: {reason}" if reason else ""})
    return pd.DataFrame(rows, columns=list(AUDITOR_DTYPES)).astype(AUDITOR_DTYPES)


def _odds(counts: list[int], confidence: float, *, estimate: bool) -> dict[str, object]:
    own_nc, own_ofi, rest_nc, rest_ofi = counts
    if own_nc + own_ofi == 0 or rest_nc + rest_ofi == 0:
        return {}
    result = fisher([[own_nc, own_ofi], [rest_nc, rest_ofi]], confidence=confidence)
    row: dict[str, object] = {"p": result.p, "method": result.method}
    return row | {"odds_ratio": result.effect, "low": result.low, "high": result.high} if estimate else row


def _confounded(facts: pd.DataFrame, name: str) -> str | None:
    """Why the auditor cannot be told from year and site set; ``None`` where it is possible."""
    own, others = facts[facts["lead"] == name], facts[facts["lead"] != name]
    if others.empty:
        return "one lead auditor only"
    if len(own) == 1:
        return "led one audit only; auditor, year and site set are fully confounded"
    settings = {
        (start.year, frozenset(site_list(sites)))
        for start, sites in zip(others["start"], others["sites"], strict=True)
        if pd.notna(start)
    }
    shared = [
        (start.year, frozenset(site_list(sites))) in settings
        for start, sites in zip(own["start"], own["sites"], strict=True)
        if pd.notna(start)
    ]
    if any(shared):
        return None
    return (
        f"{plural(len(own), 'audit')}, and no other lead auditor met the same site set in the same year; "
        "auditor, year and site set are fully confounded"
    )
