"""How much groups, such as auditors or sites, differ in a share, once chance is taken out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import special

from auditlab.errors import ArgumentError
from auditlab.statistics.arrays import floats

_NODES = 120  # Gauss-Hermite nodes; large groups have narrow likelihoods


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupOdds:
    """Variation between groups on the scale of log odds."""

    variance: float  # of the log odds between groups
    icc: float  # share of the variance of a latent logistic scale that lies between groups [0-1]
    median_odds_ratio: float  # of two groups drawn at random, the larger odds to the smaller; 1: all alike
    groups: int
    n: int  # cases [count]
    method: str


def group_odds(counts: npt.ArrayLike, *, n: npt.ArrayLike) -> GroupOdds:
    """Variance of the log odds of groups, by maximum likelihood of a normal law.

    Parameters
    ----------
    counts : array of int
        Cases with the property in each group [count].
    n : array of int
        Cases of each group [count]; groups with 0 say nothing.

    Returns
    -------
    GroupOdds
        Groups that share cases of the same kind only: whoever gets the harder cases looks stricter.

    Raises
    ------
    ArgumentError
        If lengths differ, a count exceeds its cases, or fewer than two groups have cases.

    References
    ----------
    .. [1] Larsen and Merlo (2005), American Journal of Epidemiology 161:81-88, for the median odds ratio.
    """
    from scipy.optimize import minimize  # noqa: PLC0415  # keeps the import of auditlab light

    count, size = floats(counts, name="counts"), floats(n, name="n")
    if count.size != size.size or not ((count >= 0) & (count <= size)).all():
        raise ArgumentError(
            "Counts do not fit the cases. Give one count for each n, from 0 to n, none of them missing."
        )
    count, size = count[size > 0], size[size > 0]
    if count.size < 2:
        raise ArgumentError(f"{count.size} groups have cases; two or more are needed to compare them. Give more.")
    nodes, weights = special.roots_hermitenorm(_NODES)
    # Centring the nodes on each group keeps its narrow likelihood among them.
    place = special.logit((count + 0.5) / (size + 1))
    width = 1 / np.sqrt((count + 0.5) * (size - count + 0.5) / (size + 1))

    def loss(parameters: npt.NDArray[np.float64]) -> float:
        mean, spread = parameters[0], math.exp(parameters[1])
        precision = 1 / width**2 + 1 / spread**2
        middle, scale = (place / width**2 + mean / spread**2) / precision, 1 / np.sqrt(precision)
        odds = middle[:, None] + scale[:, None] * nodes
        logs = count[:, None] * odds - size[:, None] * np.logaddexp(0, odds)
        logs = logs - ((odds - mean) / spread) ** 2 / 2 - math.log(spread) + nodes**2 / 2 + np.log(scale)[:, None]
        return -float(special.logsumexp(logs + np.log(weights), axis=1).sum())

    start = np.array([place.mean(), math.log(max(float(place.std()), 0.05))])
    found = minimize(loss, start, method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-10, "maxiter": 2000})
    spread = math.exp(found.x[1])
    if spread < 1e-3:  # the likelihood falls all the way to groups that are alike
        spread = 0.0
    return GroupOdds(
        variance=spread**2,
        icc=spread**2 / (spread**2 + math.pi**2 / 3),
        median_odds_ratio=math.exp(math.sqrt(2) * spread * float(special.ndtri(0.75))),
        groups=count.size,
        n=int(size.sum()),
        method="random intercept, maximum likelihood",
    )
