"""How many days: a table of the user's own, factors with their justification, and the cap that must stay visible.

No table of any standard is shipped. Travel is never audit time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from auditlab.errors import ArgumentError

REDUCTION_CAP = Fraction(30, 100)
"""Reductions together are at most this part of the table value (ISO/IEC 20000-6, 9.1.4)."""

STAGE_SHARES: Mapping[str, Fraction] = {
    "initial": Fraction(1),
    "stage1": Fraction(1, 3),
    "stage2": Fraction(2, 3),
    "surveillance": Fraction(1, 3),
    "recertification": Fraction(2, 3),
}
"""Usual shares of the initial time; practice, not a rule, and a parameter everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Factor:
    """One reason for more or less time."""

    name: str
    change: float  # share of the table value; negative shortens [-1 to 1]
    justification: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditTime:
    """The days of an audit and how they came about."""

    table_days: float
    reductions: float  # sum of all reductions before the cap [0-1]
    additions: float  # sum of all additions [0-1]
    applied: float  # change after the cap [share of the table value]
    share: float  # of the initial time, by type of audit [0-1]
    days: float  # [auditor-days]
    minutes: int
    travel_minutes: int  # beside the audit time, never in it
    remote_minutes: int  # of `minutes`
    factors: tuple[Factor, ...]
    warnings: tuple[str, ...]

    @property
    def capped(self) -> bool:
        """Whether the reductions were cut."""
        return _exact(self.reductions) > REDUCTION_CAP


def whole_minutes(days: float, *, hours_a_day: float = 8.0) -> int:
    """Auditor-days in minutes, exactly: 6.0 days of eight hours are 2880.

    Raises
    ------
    ArgumentError
        If they are not more than 0, or no whole number of minutes.
    """
    minutes = _exact(days) * _exact(hours_a_day) * 60
    if minutes <= 0 or minutes.denominator != 1:
        raise ArgumentError(
            f"{days} auditor-days of {hours_a_day} hours are {float(minutes):g} minutes. "
            "Give days that make a whole number of minutes above 0."
        )
    return int(minutes)


def remote_minutes(minutes: int, *, share: float) -> int:
    """The part of the audit time that is held remotely, to the nearest minute [minutes]."""
    return int(minutes * _exact(share) + Fraction(1, 2))


def audit_time(
    table: pd.DataFrame,
    *,
    persons: int,
    audit_type: str,
    factors: Sequence[Factor] = (),
    shares: Mapping[str, Fraction | float] = STAGE_SHARES,
    hours_a_day: float = 8.0,
    rounding: float = 0.5,
    travel_minutes: int = 0,
    remote_share: float = 0.0,
) -> AuditTime:
    """The time of an audit.

    Parameters
    ----------
    table : DataFrame
        The user's table for the initial audit: ``persons_from, persons_to`` [count], ``days``.
    persons : int
        Persons in scope [count].
    audit_type : str
        One of the names of `shares`.
    factors : sequence of Factor
        Each with its own justification.
    shares : mapping
        Share of the initial time by type of audit.
    hours_a_day : float
        Hours of an auditor-day.
    rounding : float
        Days are rounded up to this part of a day [days].
    travel_minutes : int
        Travel; reported beside the time and never part of it [minutes].
    remote_share : float
        Part of the time that is audited remotely [0-1].

    Raises
    ------
    ArgumentError
        If no row or more than one row of the table fits, a factor has no justification or stands
        twice, the type has no share, or a share lies outside 0 to 1.

    References
    ----------
    .. [1] ISO/IEC 20000-6:2017, 9.1.4. [2] ISO/IEC 17021-1:2015, 9.1.4.
    """
    _check(factors, audit_type, shares, remote_share=remote_share, rounding=rounding)
    base = _table_days(table, persons)
    reductions = -sum((_exact(factor.change) for factor in factors if factor.change < 0), Fraction(0))
    additions = sum((_exact(factor.change) for factor in factors if factor.change > 0), Fraction(0))
    applied = additions - min(reductions, REDUCTION_CAP)
    step, share = _exact(rounding), _exact(shares[audit_type])
    days = -(-base * (1 + applied) * share // step) * step
    minutes = whole_minutes(float(days), hours_a_day=hours_a_day)
    return AuditTime(
        table_days=float(base),
        reductions=float(reductions),
        additions=float(additions),
        applied=float(applied),
        share=float(share),
        days=float(days),
        minutes=minutes,
        travel_minutes=travel_minutes,
        remote_minutes=remote_minutes(minutes, share=remote_share),
        factors=tuple(factors),
        warnings=_warnings(reductions),
    )


STEP_DTYPES = {"step": "str", "value": "float64", "unit": "str", "note": "str"}


def time_steps(made: AuditTime | None) -> pd.DataFrame:
    """How the days of an audit came about, step by step.

    Parameters
    ----------
    made : AuditTime or None
        Result of `audit_time`; without it the table is empty.

    Returns
    -------
    DataFrame
        ``step, value, unit, note``: days of the table, every factor with its justification, the sum of the reductions
        before the cap, what applies after it, the share of this type of audit, days and minutes, and beside
        them travel (never audit time) and the remote part.
    """
    if made is None:
        return pd.DataFrame(columns=list(STEP_DTYPES)).astype(STEP_DTYPES)
    cut = "Cut to the cap." if made.capped else "Within the cap."
    rows = [
        ("days of the table", made.table_days, "auditor-days", "the table of this certification body"),
        *((factor.name, 100 * factor.change, "%", factor.justification) for factor in made.factors),
        ("reductions before the cap", 100 * made.reductions, "%", " ".join((cut, *made.warnings))),
        ("additions", 100 * made.additions, "%", "no cap"),
        (
            "change that applies",
            100 * made.applied,
            "%",
            f"reductions together at most {float(100 * REDUCTION_CAP):g} %",
        ),
        ("share of this type of audit", 100 * made.share, "%", "of the time of the initial audit"),
        ("time of the audit", made.days, "auditor-days", "rounded up"),
        ("time of the audit", float(made.minutes), "minutes", "the budget of the plan, where no other days are set"),
        ("remote", float(made.remote_minutes), "minutes", "part of the time of the audit"),
        ("travel", float(made.travel_minutes), "minutes", "never audit time, beside it"),
    ]
    table = pd.DataFrame(rows, columns=list(STEP_DTYPES)).astype(STEP_DTYPES)
    return table.assign(value=table["value"].round(6))


def _warnings(reductions: Fraction) -> tuple[str, ...]:
    if reductions <= REDUCTION_CAP:
        return ()
    warning = (
        f"The reductions sum to {float(100 * reductions):g} % before the cap of {float(100 * REDUCTION_CAP):g} %. "
        "A calculation that relies on the cap is not accepted where it happens regularly: look at every factor again."
    )
    return (warning,)


def _check(
    factors: Sequence[Factor],
    audit_type: str,
    shares: Mapping[str, Fraction | float],
    *,
    remote_share: float,
    rounding: float,
) -> None:
    if audit_type not in shares:
        raise ArgumentError(f"There is no share of the time for '{audit_type}'. Known: {', '.join(shares)}.")
    silent = [factor.name for factor in factors if not factor.justification.strip()]
    if silent:
        raise ArgumentError(f"The factor {', '.join(silent)} has no justification. Every factor needs its own.")
    names = [factor.name for factor in factors]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ArgumentError(f"The factor {', '.join(twice)} stands twice. Each fact counts once.")
    if not 0 <= remote_share <= 1:
        raise ArgumentError(f"remote_share is {remote_share!r}. Give a share from 0 to 1.")
    if rounding <= 0:
        raise ArgumentError(f"rounding is {rounding!r}. Give a part of a day above 0, such as 0.5.")


def _table_days(table: pd.DataFrame, persons: int) -> Fraction:
    fitting = table[(table["persons_from"] <= persons) & (persons <= table["persons_to"])]
    if len(fitting) != 1:
        found = "no row" if fitting.empty else f"{len(fitting)} rows"
        raise ArgumentError(f"{found} of the table of audit times fit {persons} persons. Mend its bands.")
    return _exact(fitting["days"].iloc[0])


def _exact(number: float | Fraction) -> Fraction:
    """The number as it is written: 0.1 is one tenth, not its nearest binary fraction."""
    return number if isinstance(number, Fraction) else Fraction(str(number))
