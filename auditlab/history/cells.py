"""The cell: a recurrence key at a site, and what belongs to it.

The key is three levels inside clause 8 and two elsewhere. Everything that compares audits with
audits compares cells; a finding cited above the key is compared at the level it reaches, over the
audits that examined anything below that level.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pandas as pd

from auditlab.intake.shared_clauses import finding_weights
from auditlab.standard.clauses import auditable_leaves, clause_order, recurrence_key
from auditlab.standard.grades import NONCONFORMITIES

RECORDED = "recorded"
INFERRED = "inferred"


LATER_DAY = "the planned audit belongs to a later day than this review"
"""Note where the plan cannot have been known on the day of the review."""


def belongs_later(planned: pd.Timestamp, *, as_of: pd.Timestamp) -> bool:
    """Whether an audit is planned so late (18 months) that a review on `as_of` was not about it."""
    return planned > as_of + pd.DateOffset(months=18)


def text_of(value: object) -> str:
    """`value` as text; a missing value is the empty text."""
    return "" if pd.isna(value) else str(value)  # type: ignore[call-overload]  # any scalar of a frame


def number_of(value: object) -> float | None:
    """`value` as a number; ``None`` where it is missing."""
    return None if pd.isna(value) else float(str(value))  # type: ignore[call-overload]  # any scalar of a frame


def plural(count: int, word: str, many: str | None = None) -> str:
    """`count` with its word, for example ``"1 audit"`` or ``"4 audits"``."""
    return f"{count} {word if count == 1 else many or word + 's'}"


NAMED = 12
"""Names that a sentence lists at most; the table has all."""


def listed(names: Sequence[str], *, most: int = NAMED) -> str:
    """`names` in a sentence: the first ones, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def natural_order(identifier: object) -> tuple[tuple[int, str], ...]:
    """Sort key by which F9 comes before F10; missing identifiers come first."""
    parts = re.findall(r"\d+|\D+", text_of(identifier))
    return tuple((int(part), "") if part.isdecimal() else (-1, part) for part in parts)


def clause_sort_key(clause: object) -> tuple[int, ...]:
    """Sort key of a clause in natural order; a missing clause comes last."""
    text = text_of(clause)
    return clause_order(text) if text else (10_000,)


def key_of(clause: object, *, level: int | None = None) -> str | None:
    """Recurrence key of a 2018 clause; ``None`` where the clause is not known.

    Parameters
    ----------
    clause : object
        Clause, or a missing value.
    level : int, optional
        Parts of the number to compare by, such as 1 for "8" and 4 for leaves; by default three inside clause 8
        and two elsewhere. A clause above that level stays as it is.
    """
    text = text_of(clause)
    if not text:
        return None
    return recurrence_key(text) if level is None else ".".join(text.split(".")[:level])


def lies_under(clause: str, key: str) -> bool:
    """Whether `clause` is `key` or one of its sub-clauses."""
    return clause == key or clause.startswith(key + ".")


def looked_up(identifiers: pd.Series, values: pd.Series) -> pd.Series:
    """`values` by their index for each of `identifiers`, missing where unknown.

    ``Series.map`` refuses an empty frame of dates; this does not.
    """
    known = dict(zip(values.index, values, strict=True))
    found = [known.get(identifier) for identifier in identifiers]
    return pd.Series(found, index=identifiers.index, dtype=values.dtype)


def site_list(sites: object) -> tuple[str, ...]:
    """The sites of an audit, written as codes separated by commas."""
    return tuple(site for part in text_of(sites).split(",") if (site := part.strip()))


def nonconformities(findings: pd.DataFrame, *, level: int | None = None) -> pd.DataFrame:
    """The majors and minors of `findings` with their recurrence ``key``, each finding once."""
    grades = [str(grade) for grade in NONCONFORMITIES]
    return with_keys(findings[findings["grade"].isin(grades)], level=level)


def with_keys(findings: pd.DataFrame, *, level: int | None = None) -> pd.DataFrame:
    """`findings`, each once, with the column ``key`` (see `key_of`)."""
    once = findings.drop_duplicates("finding_id").reset_index(drop=True)
    keys = [key_of(clause, level=level) for clause in once["clause"]]
    return once.assign(key=pd.Series(keys, index=once.index, dtype="str"))


def with_shares(findings: pd.DataFrame, *, level: int | None = None) -> pd.DataFrame:
    """`findings`, each once for every cell its clauses lie in.

    Returns
    -------
    DataFrame
        The findings with ``key`` (see `key_of`), ``clause`` (the first of its clauses under the key)
        and ``weight``, the share [0-1] of its clauses under that key. The weights of a finding sum
        to 1; a finding that cites one clause has one row.
    """
    once = findings.drop_duplicates("finding_id").reset_index(drop=True)
    shares = finding_weights(once)
    keys = [key_of(clause, level=level) for clause in shares["clause"]]
    shares = shares.assign(key=pd.Series(keys, index=shares.index, dtype="str"))
    by_cell = shares.groupby(["finding_id", "key"], sort=False, dropna=False, as_index=False).agg(
        clause=("clause", "first"), weight=("weight", "sum")
    )
    return once.drop(columns="clause").merge(by_cell, on="finding_id", how="left")


def shared_nonconformities(findings: pd.DataFrame, *, level: int | None = None) -> pd.DataFrame:
    """The majors and minors of `findings`, each once for every cell its clauses lie in; see `with_shares`."""
    grades = [str(grade) for grade in NONCONFORMITIES]
    return with_shares(findings[findings["grade"].isin(grades)], level=level)


def audits_once(audits: pd.DataFrame) -> pd.DataFrame:
    """`audits` in order of their start, each audit once, with a known ``end`` where the start is known."""
    once = audits.drop_duplicates("audit_id").assign(end=lambda frame: frame["end"].fillna(frame["start"]))
    order = once["audit_id"].map(natural_order)
    return once.assign(_order=order).sort_values(["start", "_order"], kind="stable").drop(columns="_order")


def audit_dates(audits: pd.DataFrame, examined: pd.DataFrame) -> pd.DataFrame:
    """First and last day of every known audit, in order of time.

    Parameters
    ----------
    audits : DataFrame
        Canonical audits; may be empty.
    examined : DataFrame
        Result of `examinations`; adds audits of which only the coverage is known.

    Returns
    -------
    DataFrame
        Indexed by ``audit_id``: ``start``, ``end`` (missing where unknown), ``edition``.
    """
    columns = ["audit_id", "start", "end", "edition"]
    known = pd.concat([audits_once(audits)[columns], examined[columns]], ignore_index=True)
    return audits_once(known).set_index("audit_id")[["start", "end", "edition"]]


def cell_examinations(examined: pd.DataFrame, key: str | None, site: str | None = None) -> pd.DataFrame:
    """The audits that examined something under `key`, at `site` or (``None``) anywhere.

    Returns
    -------
    DataFrame
        ``audit_id, start, end, edition, exposure``, one row per audit, in order of time as
        `examinations` leaves it.
    """
    columns = ["audit_id", "start", "end", "edition", "exposure"]
    if not key or examined.empty:
        return examined.loc[examined.index[:0], columns]
    # Leaves are few (63), rows are many: test each leaf once.
    leaves = [leaf for leaf in auditable_leaves() if lies_under(leaf, key)]
    chosen = examined["clause"].isin(leaves)
    if site is not None:
        chosen &= examined["site"] == site
    return examined.loc[chosen, columns].drop_duplicates("audit_id")


def exposure_of(kinds: Iterable[object]) -> str | None:
    """Recorded only if every part is; else inferred, or what else the parts say; ``None`` without any part."""
    known = {text_of(kind) for kind in kinds} - {""}
    if not known:
        return None
    return INFERRED if INFERRED in known else max(known - {RECORDED}, default=RECORDED)


def known_sites(*frames: pd.DataFrame) -> tuple[str, ...]:
    """All sites named in the columns ``site`` or ``sites`` of `frames`, in natural order.

    Serves when no table of sites was handed over: pass sites, audits, coverage and findings.
    """
    found: set[str] = set()
    for frame in frames:
        if "site" in frame:
            found |= set(frame["site"].dropna().astype(str))
        elif "sites" in frame:
            found |= {site for sites in frame["sites"] for site in site_list(sites)}
    return tuple(sorted(found, key=natural_order))
