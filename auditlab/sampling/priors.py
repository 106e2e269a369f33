"""What earlier samples may contribute to a new one: shown, capped, and from examined populations only."""

from __future__ import annotations

import re
from dataclasses import dataclass

from auditlab.errors import ArgumentError
from auditlab.statistics.arguments import whole

MOST_EARLIER_RECORDS = 30
"""Records for which earlier samples count at most: a new sample is never replaced by an old one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierPrior:
    """The prior of a Beta, Gamma or beta-binomial size, with what it rests on."""

    prior: tuple[float, float]
    records: float  # earlier records it counts for [count]
    note: str  # for the rationale

    @property
    def words(self) -> str:
        """Prior and source as one text that `prior_in` reads: ``"(1, 31): Prior from ..."``."""
        return f"({self.prior[0]:g}, {self.prior[1]:g}): {self.note}"


def prior_in(text: str) -> tuple[float, float] | None:
    """The two parameters at the head of `EarlierPrior.words`; ``None`` where there are none."""
    found = re.match(r"\(([0-9.]+), ([0-9.]+)\)", text)
    return (float(found[1]), float(found[2])) if found else None


def prior_from_earlier(*, deviations: int, n: int, source: str, at_most: int = MOST_EARLIER_RECORDS) -> EarlierPrior:
    """The prior that an earlier random sample of the same kind of records supports.

    It starts from (1, 1), every rate equally likely. The earlier sample is added, scaled down to
    `at_most` records where it was larger.

    Parameters
    ----------
    deviations : int
        Deviations found then [count].
    n : int
        Records examined then [count].
    source : str
        Which sample it was: population, period and audit. Without a source there is no prior.
    at_most : int
        Cap [records].

    Raises
    ------
    ArgumentError
        If a number is out of its range or no source is named.
    """
    found, size = whole(deviations, name="deviations"), whole(n, name="n")
    cap = whole(at_most, name="at_most")
    if found > size:
        raise ArgumentError(f"deviations is {found}, more than the {size} records examined. Mend one of the two.")
    if not source.strip():
        raise ArgumentError("No source is named. A prior comes from a sample that was examined; name it.")
    share = min(1.0, cap / size) if size else 0.0
    counted = size * share
    note = f"Prior from {source}: {found} of {size} deviated"
    if share < 1:
        note += f", counted as {counted:g} records (cap {cap})"
    return EarlierPrior(prior=(1 + found * share, 1 + (size - found) * share), records=counted, note=f"{note}.")
