"""Groups that were measured on the same objects: how much groups differ, once the objects are taken out.

Auditors who audit the same clients can be compared; an auditor whose clients nobody else audits cannot. Objects (and
periods) are fixed effects, groups a random one. Only sums over pairs of group and object enter, so the size of the
problem is the number of groups and not of the measurements.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import special

from auditlab.errors import ArgumentError
from auditlab.statistics.arrays import Floats

Places: TypeAlias = npt.NDArray[np.int64]

_NOTHING = 1e-8


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossedGroups:
    """Groups compared on common objects.

    Attributes
    ----------
    effect, spread : array
        Shrunken difference of each group from the groups it can be compared with, and its standard error.
    p : array
        Two-sided p-value of the unshrunken difference; missing where the group cannot be told from its objects.
    own : array
        Share of the measurements of a group that tell it from its objects and periods [0-1].
    part : array
        Groups of the same part share objects, directly or through others; -1 for a group that shares none.
    between, within : float
        Variance between groups, and of a measurement of unit weight; both missing, and every effect and p-value with
        them, where nothing is left over to tell them apart or the values do not vary.
    """

    effect: Floats
    spread: Floats
    p: Floats
    own: Floats
    part: Places
    between: float
    within: float

    @property
    def icc(self) -> float:
        """Share of the variance of a measurement that lies between groups [0-1]."""
        total = self.between + self.within
        return self.between / total if total > 0 else math.nan


def crossed_groups(
    values: npt.ArrayLike,
    *,
    groups: Places,
    objects: Places,
    periods: Places,
    weights: npt.ArrayLike | None = None,
    least_own: float = 0.05,
) -> CrossedGroups:
    """Random effects of groups beside fixed effects of objects and periods, by restricted maximum likelihood.

    Parameters
    ----------
    values : array of float
        One measurement each, such as the audits of a portfolio.
    groups, objects, periods : array of int
        Who measured what and when, as numbers from 0.
    weights : array of float, optional
        Precision of each measurement relative to the others.
    least_own : float
        A group with a smaller share of its own cannot be told from its objects and periods [0-1].

    Returns
    -------
    CrossedGroups
        By group.

    Raises
    ------
    ArgumentError
        If lengths differ or there are fewer than two groups.

    References
    ----------
    .. [1] Patterson and Thompson (1971), Biometrika 58:545-554. [2] Searle, Casella and McCulloch (1992), Variance
       Components, chapter 8.
    """
    value = np.asarray(values, dtype="float64")
    weight = np.ones(value.size) if weights is None else np.asarray(weights, dtype="float64")
    if not value.size == groups.size == objects.size == periods.size == weight.size:
        raise ArgumentError("The sizes do not agree. Give one group, object, period and weight for each value.")
    if groups.size == 0 or groups.max() < 1:
        raise ArgumentError("There are fewer than two groups. Groups are compared with each other.")
    if not np.ptp(value) > _NOTHING * float(np.abs(value).max()):
        value = np.zeros(value.size)  # rounding is no variation
    matrix, right, rest = _sums(value, weight, groups=groups, objects=objects, periods=periods)
    total = np.bincount(groups, weights=weight)
    own = np.clip(np.diag(matrix) / total, 0, 1)
    part = _parts(matrix, able=own >= least_own)
    # Squares left over of the size that rounding leaves are none.
    varies = rest[0] > _NOTHING**1.5 * float((weight * value**2).sum())
    between, within = _variances(matrix, right, rest) if varies else (math.nan, math.nan)
    inverse = np.linalg.pinv(matrix, rcond=_NOTHING, hermitian=True)
    fixed, error = inverse @ right, np.sqrt(np.clip(np.diag(inverse), 0, None) * within)
    with np.errstate(divide="ignore", invalid="ignore"):
        p_values = 2 * special.ndtr(-np.abs(fixed) / error)
    effect, spread = _shrunken(matrix, right, between=between, within=within)
    able = part >= 0
    return CrossedGroups(
        effect=np.where(able, effect, np.nan), spread=np.where(able, spread, np.nan),
        p=np.where(able & (error > 0), p_values, np.nan), own=own, part=part, between=between, within=within,
    )  # fmt: skip


def _sums(
    value: Floats, weight: Floats, *, groups: Places, objects: Places, periods: Places
) -> tuple[Floats, Floats, tuple[float, int]]:
    """Normal equations of the groups with objects and periods taken out, and what is left over."""
    from scipy.sparse import coo_matrix, diags  # noqa: PLC0415  # keeps the import of auditlab light

    count, kinds = int(groups.max()) + 1, int(periods.max()) + 1
    rows = np.arange(value.size)
    columns = np.concatenate([groups, count + periods])
    marks = coo_matrix(
        (np.ones(2 * value.size), (np.concatenate([rows, rows]), columns)), shape=(value.size, count + kinds)
    )
    marks = marks.tocsr()
    weighted = diags(weight) @ marks
    sizes = np.bincount(objects, weights=weight)
    by_object = coo_matrix((weight, (objects, rows)), shape=(sizes.size, value.size)).tocsr() @ marks
    full = (marks.T @ weighted - by_object.T @ diags(1 / sizes) @ by_object).toarray()
    means = np.bincount(objects, weights=weight * value) / sizes
    right = weighted.T @ value - by_object.T @ means
    squares = float((weight * value**2).sum() - (sizes * means**2).sum())
    kept, gone = slice(0, count), slice(count, count + kinds)
    removal = full[kept, gone] @ np.linalg.pinv(full[gone, gone], rcond=_NOTHING, hermitian=True)
    matrix = full[kept, kept] - removal @ full[gone, kept]
    own_right = right[kept] - removal @ right[gone]
    period_inverse = np.linalg.pinv(full[gone, gone], rcond=_NOTHING, hermitian=True)
    squares -= float(right[gone] @ period_inverse @ right[gone])
    taken = sizes.size + int(np.linalg.matrix_rank(full[gone, gone], tol=_NOTHING * max(1.0, full[gone, gone].max())))
    return (matrix + matrix.T) / 2, own_right, (squares, value.size - taken)


def _parts(matrix: Floats, *, able: npt.NDArray[np.bool_]) -> Places:
    """Groups that can be compared with each other; -1 for those that can be compared with none."""
    from scipy.sparse import csr_matrix  # noqa: PLC0415  # as above
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    linked = (np.abs(matrix) > _NOTHING * np.abs(matrix).max(initial=1.0)) & able[:, None] & able[None, :]
    _, label = connected_components(csr_matrix(linked), directed=False)
    members = np.bincount(label)[label]
    return np.where(able & (members > 1), label, -1).astype("int64")


def _variances(matrix: Floats, right: Floats, rest: tuple[float, int]) -> tuple[float, float]:
    """Variance between groups and within, where the restricted likelihood is highest."""
    from scipy.optimize import minimize_scalar  # noqa: PLC0415  # as above

    roots, vectors = np.linalg.eigh(matrix)
    kept = roots > _NOTHING * max(float(roots.max(initial=0.0)), 1.0)
    roots, turned = roots[kept], (vectors.T @ right)[kept]
    # On these axes the estimates are independent: turned / root has variance within / root + between.
    left = rest[0] - float((turned**2 / roots).sum())
    spare = rest[1] - roots.size
    if spare < 1 or not roots.size:
        return math.nan, math.nan
    freedom = roots.size + spare

    def within_at(ratio: float) -> float:
        return (max(left, 0.0) + float((turned**2 / (roots * (1 + ratio * roots))).sum())) / freedom

    def loss(log_ratio: float) -> float:
        ratio = math.exp(log_ratio)
        return freedom * math.log(max(within_at(ratio), 1e-300)) + float(np.log1p(ratio * roots).sum())

    scale = math.log(1 / float(roots.mean()))
    found = minimize_scalar(loss, bounds=(scale - 12, scale + 12), method="bounded", options={"xatol": 1e-10})
    none = freedom * math.log(max(within_at(0.0), 1e-300))
    ratio = math.exp(float(found.x)) if found.fun < none - 1e-9 else 0.0
    within = within_at(ratio)
    return ratio * within, within


def _shrunken(matrix: Floats, right: Floats, *, between: float, within: float) -> tuple[Floats, Floats]:
    """Best linear predictions of the groups and their standard errors."""
    if not between > 0:
        # No difference between groups is an answer, no measurement left to see one with is none.
        return (np.full(right.size, between),) * 2
    posterior = np.linalg.inv(matrix / within + np.eye(right.size) / between)
    effect: Floats = posterior @ right / within
    return effect, np.sqrt(np.diag(posterior))
