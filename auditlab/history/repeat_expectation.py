"""How often a clause would have come back if nothing but its place and its kind decided it.

A site with many nonconformities repeats some of them by chance. A rate of recurrence says something about corrective
actions only beside the rate that the other clauses of the site, and the same clause elsewhere, lead one to expect.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from auditlab.history.cells import key_of, lies_under
from auditlab.standard.clauses import auditable_leaves
from auditlab.statistics.arrays import Floats
from auditlab.statistics.two_level import CEILING, column_rates

SITE_WEIGHT = 8.0
"""A propensity of 1 counts as so many nonconformities against the history of a site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectation:
    """Examinations and nonconformities by site and key, from which each cell can be left out.

    Attributes
    ----------
    visits : DataFrame
        ``key, site, audit_id, start``: every examination of a key at a site.
    trials, hits : DataFrame
        Sites by keys: examinations, and those with a nonconformity [count].
    """

    visits: pd.DataFrame
    trials: pd.DataFrame
    hits: pd.DataFrame

    def chance_of_repeat(self, key: str, site: str | None, first: pd.Timestamp) -> float:
        """Chance of at least one nonconformity after `first`, from everything but the cell itself.

        Parameters
        ----------
        key : str
            Clause of the cell.
        site : str or None
            Its site; `None` for the whole organisation, where the whole clause is left out.
        first : Timestamp
            Start of the audit with the first nonconformity.

        Returns
        -------
        float
            [0-1]; ``nan`` where nothing but the cell was ever examined, or `first` has no date.
        """
        later = self.visits[(self.visits["key"] == key) & (self.visits["start"] > first)]
        if site is not None:
            later = later[later["site"] == site]
        if later.empty:
            return 0.0 if pd.notna(first) else float("nan")
        chances = self._chances_without(key, site)
        missed: Floats = 1 - chances[self.trials.index.get_indexer(pd.Index(later["site"]))]
        return 1 - float(missed.prod())

    def _chances_without(self, key: str, site: str | None) -> Floats:
        """Chance by site that an examination of `key` finds something, the cell (or the whole key) left out."""
        column = int(self.trials.columns.get_indexer(pd.Index([key]))[0])
        trials, hits = self.trials.to_numpy(float, copy=True), self.hits.to_numpy(float, copy=True)
        cells = slice(None) if site is None else self.trials.index.get_loc(site)
        trials[cells, column] = hits[cells, column] = 0
        if not trials.sum():
            return np.full(len(trials), np.nan)
        rates = column_rates(trials.sum(axis=0), hits.sum(axis=0))
        propensity = (SITE_WEIGHT + hits.sum(axis=1)) / (SITE_WEIGHT + trials @ rates)
        return np.asarray(np.minimum(rates[column] * propensity, CEILING))


def expectation(keyed: pd.DataFrame, examined: pd.DataFrame, *, level: int | None = None) -> Expectation:
    """The examinations and nonconformities of all keys.

    Parameters
    ----------
    keyed : DataFrame
        Nonconformities with their ``key``; one above the level of the others is a key of its own.
    examined : DataFrame
        Result of `examinations`.
    level : int, optional
        Level of the keys; see ``cells.key_of``.
    """
    ncs = keyed.dropna(subset=["site", "audit_id", "key"])
    keys = {key for leaf in auditable_leaves() if (key := key_of(leaf, level=level))} | set(ncs["key"])
    reach = [(leaf, key) for key in sorted(keys) for leaf in auditable_leaves() if lies_under(leaf, key)]
    under = pd.DataFrame(reach, columns=["clause", "key"], dtype="str")
    visits = examined[["clause", "site", "audit_id", "start"]].merge(under, on="clause")
    visits = visits.drop(columns="clause").drop_duplicates(["key", "site", "audit_id"])
    found = ncs[["key", "site", "audit_id"]].drop_duplicates().assign(found=1)
    both = visits.merge(found, how="left", on=["key", "site", "audit_id"]).fillna({"found": 0})
    sums = both.groupby(["site", "key"])["found"].agg(["count", "sum"])
    trials, hits = (sums[name].unstack(fill_value=0) for name in ("count", "sum"))  # noqa: PD010  # no aggregation
    return Expectation(visits=visits, trials=trials, hits=hits)
