"""What the sentences of the first screen are made from and look like."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd

from auditlab.history.cells import plural
from auditlab.history.rates import NO_FINDINGS
from auditlab.intake.totals import TOTAL_ROW


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryResults:
    """The results of this floor that the first screen speaks about.

    ``cycle_start`` is the decision that began the certification cycle (``None``: not known), and
    ``waiting_findings`` the rows of the register of findings that were rejected or wait for an
    answer [count].
    """

    coverage_cells: pd.DataFrame
    site_visits: pd.DataFrame
    recurrence_chains: pd.DataFrame
    recurrence_summary: pd.DataFrame
    corrective_actions: pd.DataFrame
    corrective_action_rates: pd.DataFrame
    follow_up: pd.DataFrame
    finding_rates: pd.DataFrame
    rate_comparisons: pd.DataFrame
    grade_review: pd.DataFrame
    cycle_start: pd.Timestamp | None = None
    waiting_findings: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Headline:
    """One sentence with its figure, base, interval and table."""

    sentence: str
    table: str
    value: float | None = None
    n: float | None = None
    low: float | None = None
    high: float | None = None


def waiting_findings(ledger: pd.DataFrame) -> int:
    """Rows of the register of findings that were not read as records [count].

    Parameters
    ----------
    ledger : DataFrame
        Ledger of the engagement; its rows with an empty ``field`` account for rows of a sheet.
    """
    rows = ledger[(ledger["field"] == "") & (ledger["table"] == "findings") & (ledger["action"] == "rejected")]
    return int((rows["rule"] != TOTAL_ROW).sum())


def ended(sentence: str, results: HistoryResults, *, inferred: bool = False) -> str:
    """`sentence` with what its figures rest on and leave out."""
    text = sentence.removesuffix(".")
    if inferred:
        text += " (examinations inferred from audit scope)"
    return f"{text}{_left_out(results)}."


def _left_out(results: HistoryResults) -> str:
    if not results.waiting_findings:
        return ""
    verb = "is" if results.waiting_findings == 1 else "are"
    return f"; {plural(results.waiting_findings, 'row')} of the register {verb} left out until questions are answered"


def told_once(spoken: Iterable[Headline], results: HistoryResults) -> list[Headline]:
    """The sentences of one page, of which only the first that needs it tells what the register leaves out."""
    left_out, told = _left_out(results), False
    kept = []
    for headline in spoken:
        needs = bool(left_out) and headline.sentence.endswith(f"{left_out}.")
        plain = f"{headline.sentence.removesuffix(f'{left_out}.')}."
        kept.append(replace(headline, sentence=plain) if needs and told else headline)
        told = told or needs
    return kept


def no_nonconformity(results: HistoryResults) -> str:
    """Why no nonconformity can be spoken about."""
    rates = results.finding_rates
    if rates.empty or (rates["note"] == NO_FINDINGS).all():
        return "no row of the findings was loaded" if results.waiting_findings else "findings were not handed over"
    known = results.corrective_actions["grade"].notna().any()
    return "no nonconformity names a clause" if known else "no nonconformity is on record"


def with_p(test: str, p: float) -> str:
    """The name of a test and its p."""
    return f"{test}, p = {p:.2f}" if p >= 0.005 else f"{test}, p < 0.01"


def percent(share: float) -> str:
    """A share in whole percent."""
    return f"{100 * share:.0f} %"


def known_row(frame: pd.DataFrame, column: str, name: str) -> pd.Series | None:
    """The row called `name` in `column` if its ``n`` is known and not 0."""
    rows = frame[frame[column] == name]
    if rows.empty or pd.isna(rows["n"].iloc[0]) or rows["n"].iloc[0] == 0:
        return None
    return rows.iloc[0]


def share_headline(row: pd.Series, sentence: str, table: str) -> Headline:
    """A headline with the rate and interval of `row` as its figures."""
    return Headline(
        sentence=sentence,
        table=table,
        value=float(row["rate"]),
        n=float(row["n"]),
        low=float(row["low"]),
        high=float(row["high"]),
    )


def rate_and_interval(row: pd.Series) -> str:
    """Rate and interval of `row` in whole percent."""
    return f"{percent(row['rate'])}, interval {percent(row['low'])} to {percent(row['high'])}"
