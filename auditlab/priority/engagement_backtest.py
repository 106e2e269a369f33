"""The backtest on the audits of one engagement, or of several together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import pandas as pd

from auditlab import history as past
from auditlab.engagement import Engagement
from auditlab.errors import ArgumentError, NotEnoughDataError
from auditlab.history.cells import text_of
from auditlab.intake import open_engagement
from auditlab.priority.backtest import BACKTEST_DTYPES, backtest, quarter_origins
from auditlab.priority.backtest_metrics import Metric
from auditlab.priority.backtest_models import MEANING, Model
from auditlab.priority.cells import cell_history
from auditlab.priority.engagement_priorities import evidence_of


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestResult:
    """What the past says about the order, or why it says nothing.

    Attributes
    ----------
    table : DataFrame
        Result of `backtest`; no rows where it was refused.
    reason : str
        Why it was refused; empty where it was not.
    """

    table: pd.DataFrame
    reason: str = ""

    @property
    def sentence(self) -> str:
        """The one comparison that counts, in words, or the reason why there is none."""
        if self.reason:
            return self.reason
        gain, precision = self._own(Metric.GAIN), float(self._own(Metric.AVERAGE_PRECISION)["value"])
        return (
            f"On {gain['n']} cells of {gain['visits']} visits the order, with its contributions, has an average "
            f"precision of {precision:.3f}, {gain['value']:+.3f} against the clause base rate{_limits(gain)}. "
            f"{self._rivals(precision)} {_verdict(gain)}"
        )

    @property
    def caption(self) -> str:
        """What stands below the table: what each order in it rests on."""
        compared = [model for model in Model if str(model) in set(self.table["model"])]
        orders = "; ".join(f"{model}: {MEANING[model]}" for model in compared)
        return f"Orders of priority on past audits, with 95 % intervals. {orders}."

    def _own(self, metric: Metric) -> pd.Series:
        """What the order as it is printed reached."""
        order = self.table["model"] == str(Model.WITH_CONTRIBUTIONS)
        return self.table[order & (self.table["metric"] == str(metric))].iloc[0]

    def _rivals(self, own: float) -> str:
        """The simpler orders that did better, by name."""
        simpler = self.table[
            (self.table["metric"] == str(Metric.AVERAGE_PRECISION))
            & ~self.table["model"].isin([str(Model.SHIPPED), str(Model.WITH_CONTRIBUTIONS)])
        ].sort_values("value", ascending=False, kind="stable")
        better = simpler[simpler["value"] > own]
        if better.empty:
            name, value = simpler["model"].iloc[0], simpler["value"].iloc[0]
            return f"No simpler order did better; next is {name} with {value:.3f}."
        names = " and ".join(f"{row['model']} ({row['value']:.3f})" for row in better.to_dict("records"))
        return f"Simpler orders did better here: {names}."


def _limits(gain: pd.Series) -> str:
    known = pd.notna(gain["low"])
    return f" (95 % interval {gain['low']:+.3f} to {gain['high']:+.3f})" if known else f" ({gain['method']})"


def _verdict(gain: pd.Series) -> str:
    """What the gain over the clause base rate, the comparison that counts, allows to say."""
    if pd.isna(gain["low"]):
        return "Without an interval nobody can tell whether the order is better than a simpler one."
    if gain["low"] > 0:
        return "It beats the clause base rate by more than chance."
    if gain["high"] < 0:
        return "It is worse than the clause base rate by more than chance: look by clause base rate instead."
    return "It cannot be told apart from the clause base rate."


def engagement_backtest(
    labs: Sequence[Engagement],
    *,
    seed: int = 0,
    draws: int = 400,
    signals: Callable[[Engagement], pd.DataFrame] | None = None,
) -> BacktestResult:
    """Compare the order of priority with the simpler ones on the audits of these engagements.

    Parameters
    ----------
    labs : sequence of Engagement
        One engagement, or several whose audits are taken together; a site is then one of its client.
    seed : int
        Seed of the draws of sites. It is public, so that whoever doubts the intervals can draw them again.
    draws : int
        Draws of sites for the intervals [count].
    signals : callable, optional
        What finds the signals of the service data in an engagement, as ``priorities`` takes them.

    Returns
    -------
    BacktestResult
        The order with and without the declared contributions is among the models. They are recomputed for every
        origin from the files as they would have been read on the eve of that day.

    Raises
    ------
    ArgumentError
        If no engagement is given, or two of them share a name.
    """
    names = [lab.settings.name for lab in labs]
    if not labs or len(set(names)) < len(names):
        raise ArgumentError(f"The engagements are {', '.join(names) or 'none'}. Give one or more, each with its name.")
    half_life = labs[0].settings.method.half_life_years
    history = joined_history(labs)
    try:
        # Only to learn whether the history suffices: the contributions below take their time.
        backtest(history, seed=seed, draws=1, half_life_years=half_life)
    except NotEnoughDataError as error:
        return BacktestResult(table=_no_rows(), reason=str(error))
    origins = quarter_origins(history)
    told = pd.concat([_with_contributions(lab, own, origins, signals) for lab, own in _by_lab(labs, history)])
    return BacktestResult(table=backtest(told, seed=seed, draws=draws, half_life_years=half_life))


def _no_rows() -> pd.DataFrame:
    return pd.DataFrame(columns=list(BACKTEST_DTYPES)).astype(BACKTEST_DTYPES)


def joined_history(labs: Sequence[Engagement]) -> pd.DataFrame:
    """The examined cells of all engagements, as `backtest` takes them.

    Returns
    -------
    DataFrame
        As `cell_history`, with the name of the engagement before site and audit where there are several.
    """
    return pd.concat([_named(lab, history_of(lab), alone=len(labs) == 1) for lab in labs], ignore_index=True)


def history_of(lab: Engagement) -> pd.DataFrame:
    """The history of every cell of an engagement; see `cell_history`."""
    tables = lab.tables
    examined = past.examinations(tables.coverage, tables.audits)
    sites = past.known_sites(tables.sites, tables.audits, tables.coverage, tables.findings)
    as_of = pd.Timestamp(lab.settings.as_of)
    return cell_history(examined, tables.findings, tables.audits, sites=sites, as_of=as_of)


def _named(lab: Engagement, history: pd.DataFrame, *, alone: bool) -> pd.DataFrame:
    before = "" if alone else f"{lab.settings.name}/"
    named = history.assign(engagement=lab.settings.name, site=history["entity"])
    return named.assign(entity=before + named["entity"], audit_id=before + named["audit_id"])


def _by_lab(labs: Sequence[Engagement], history: pd.DataFrame) -> list[tuple[Engagement, pd.DataFrame]]:
    return [(lab, history[history["engagement"] == lab.settings.name]) for lab in labs]


def _with_contributions(
    lab: Engagement,
    history: pd.DataFrame,
    origins: Sequence[pd.Timestamp],
    signals: Callable[[Engagement], pd.DataFrame] | None,
) -> pd.DataFrame:
    """`history` with the contributions that were known on the eve of the origin before each examination.

    The origins are those of all engagements together, from which the backtest looks forward.
    """
    ends = [*origins, pd.Timestamp.max]
    parts = [pd.Series(index=history.index[:0], dtype="float64")]
    for origin, following in pairwise(ends):
        window = history["examined"] & history["date"].between(origin, following, inclusive="left")
        if not window.any():
            continue
        then = open_engagement(lab.folder, as_of=(origin - pd.Timedelta(days=1)).date())
        added = evidence_of(then, signals=signals(then) if signals else None).added
        sums = added.groupby(["site", "clause"])["weight"].sum().to_dict()
        cells = zip(history.loc[window, "site"], history.loc[window, "clause"], strict=True)
        known = [sums.get((text_of(site), text_of(clause)), 0.0) for site, clause in cells]
        parts.append(pd.Series(known, index=history.index[window], dtype="float64"))
    # Cells before the first origin are never forecast: what was known about them then does not matter.
    return history.assign(contribution=pd.concat(parts).reindex(history.index))
