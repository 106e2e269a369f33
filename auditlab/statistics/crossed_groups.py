"""Groups that were measured on the same objects: how much groups differ, once the objects are taken out.

Auditors who audit the same clients can be compared; an auditor whose clients nobody else audits cannot. Objects and
whatever else moves the values (periods, kinds of measurement) are fixed effects, groups a random one. Only sums over
pairs of group and object enter, so the size of the problem is the number of groups and not of the measurements.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import special

from auditlab.errors import ArgumentError
from auditlab.statistics.arrays import Floats

Places: TypeAlias = npt.NDArray[np.int64]

_NOTHING = 1e-8
_NULL = 1e-6  # a contrast of groups of which no larger share is left is lost in the fixed effects [0-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossedGroups:
    """Groups compared on common objects.

    Attributes
    ----------
    effect, spread : array
        Shrunken difference of each group from the groups it can be compared with, and its standard error.
    p : array
        Two-sided p-value of `difference`; missing where the group cannot be told from the fixed effects.
    difference, error : array
        Unshrunken difference of each group from the mean of its part, and its standard error.
    own : array
        Share of the measurements of a group that tell it from all fixed effects [0-1].
    own_after : tuple of array
        The same with the objects alone taken out, then with each further fixed effect in the order given.
    part : array
        Groups of the same part can be compared with each other; -1 for a group that can be compared with none. Two
        groups can be where their difference follows from the measurements whatever the fixed effects are.
    between, within : float
        Variance between groups, and of a measurement of unit weight; both missing, and every effect and p-value with
        them, where nothing is left over to tell them apart or the values do not vary.
    """

    effect: Floats
    spread: Floats
    p: Floats
    difference: Floats
    error: Floats
    own: Floats
    own_after: tuple[Floats, ...]
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
    beside: Sequence[Places] = (),
    weights: npt.ArrayLike | None = None,
    least_own: float = 0.05,
) -> CrossedGroups:
    """Random effects of groups beside fixed effects of objects and others, by restricted maximum likelihood.

    Parameters
    ----------
    values : array of float
        One measurement each, such as the audits of a portfolio.
    groups, objects : array of int
        Who measured what, as numbers from 0.
    beside : sequence of array of int
        Further fixed effects, such as the period and the kind of each measurement, as numbers from 0; few values each.
    weights : array of float, optional
        Precision of each measurement relative to the others.
    least_own : float
        A group with a smaller share of its own cannot be told from the fixed effects [0-1].

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
    if not {value.size} == {groups.size, objects.size, weight.size, *(places.size for places in beside)}:
        raise ArgumentError("The sizes do not agree. Give one group, object, period and weight for each value.")
    if groups.size == 0 or groups.max() < 1:
        raise ArgumentError("There are fewer than two groups. Groups are compared with each other.")
    value = value - float((weight * value).sum() / weight.sum())
    if not np.ptp(value) > _NOTHING * float(np.abs(np.asarray(values, dtype="float64")).max()):
        value = np.zeros(value.size)  # rounding is no variation
    sums = _sums(value, weight, groups=groups, objects=objects, beside=beside)
    matrix, right, rest = sums.matrix, sums.right, sums.rest
    total = np.bincount(groups, weights=weight).astype("float64")
    own_after = tuple(np.clip(left / total, 0, 1) for left in sums.left)
    part = _parts(matrix, total=total, able=own_after[-1] >= least_own)
    # Squares left over of the size that rounding leaves are none.
    varies = rest[0] > _NOTHING**1.5 * float((weight * value**2).sum())
    between, within = _variances(matrix, right, rest) if varies else (math.nan, math.nan)
    difference, error = _differences(matrix, right, part=part, within=within)
    with np.errstate(divide="ignore", invalid="ignore"):
        p_values = 2 * special.ndtr(-np.abs(difference) / error)
    effect, spread = _shrunken(matrix, right, between=between, within=within)
    able = part >= 0
    return CrossedGroups(
        effect=np.where(able, effect, np.nan), spread=np.where(able, spread, np.nan),
        p=np.where(able & (error > 0), p_values, np.nan), difference=difference, error=error, own=own_after[-1],
        own_after=own_after, part=part, between=between, within=within,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Sums:
    """Normal equations of the groups with all fixed effects taken out, and what is left over."""

    matrix: Floats
    right: Floats
    rest: tuple[float, int]
    left: tuple[Floats, ...]  # weight of each group that tells it from the objects, and from each further effect


def _sums(value: Floats, weight: Floats, *, groups: Places, objects: Places, beside: Sequence[Places]) -> _Sums:
    from scipy.sparse import coo_matrix, diags  # noqa: PLC0415  # keeps the import of auditlab light

    sizes_of = [int(places.max()) + 1 for places in (groups, *beside)]
    starts = np.concatenate([[0], np.cumsum(sizes_of)])
    rows = np.tile(np.arange(value.size), 1 + len(beside))
    columns = np.concatenate([places + start for places, start in zip((groups, *beside), starts, strict=False)])
    marks = coo_matrix((np.ones(columns.size), (rows, columns)), shape=(value.size, int(starts[-1]))).tocsr()
    weighted = diags(weight) @ marks
    sizes = np.bincount(objects, weights=weight)
    by_object = coo_matrix((weight, (objects, np.arange(value.size))), shape=(sizes.size, value.size)).tocsr() @ marks
    full = (marks.T @ weighted - by_object.T @ diags(1 / sizes) @ by_object).toarray()
    means = np.bincount(objects, weights=weight * value) / sizes
    right = weighted.T @ value - by_object.T @ means
    squares = float((weight * value**2).sum() - (sizes * means**2).sum())
    kept = slice(0, sizes_of[0])
    matrix, own_right, taken = full[kept, kept], right[kept], sizes.size
    left = [np.diag(matrix)]
    for end in starts[2:]:
        gone = slice(sizes_of[0], int(end))
        inverse = np.linalg.pinv(full[gone, gone], rcond=_NOTHING, hermitian=True)
        removal = full[kept, gone] @ inverse
        matrix = full[kept, kept] - removal @ full[gone, kept]
        left.append(np.diag(matrix))
    if beside:
        own_right = right[kept] - removal @ right[gone]
        squares -= float(right[gone] @ inverse @ right[gone])
        taken += int(np.linalg.matrix_rank(full[gone, gone], tol=_NOTHING * max(1.0, full[gone, gone].max())))
    return _Sums((matrix + matrix.T) / 2, own_right, (squares, value.size - taken), tuple(left))


def _parts(matrix: Floats, *, total: Floats, able: npt.NDArray[np.bool_]) -> Places:
    """Groups that can be compared with each other; -1 for those that can be compared with none.

    What the fixed effects explain is the null space of the equations: two groups can be compared where they stand at
    the same place in all of it.
    """
    from scipy.sparse import csr_matrix  # noqa: PLC0415  # as above
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415

    scale = 1 / np.sqrt(total)
    shares, vectors = np.linalg.eigh(matrix * scale[:, None] * scale[None, :])
    places = (vectors * scale[:, None])[:, shares < _NULL] * np.sqrt(total.sum())
    gram = places @ places.T
    apart = np.diag(gram)[:, None] + np.diag(gram)[None, :] - 2 * gram
    _, label = connected_components(csr_matrix((apart < _NULL) & able[:, None] & able[None, :]), directed=False)
    members = np.bincount(label)[label]
    return np.where(able & (members > 1), label, -1).astype("int64")


def _differences(matrix: Floats, right: Floats, *, part: Places, within: float) -> tuple[Floats, Floats]:
    """Each group less the mean of its part, and its standard error; missing for a group of no part."""
    inverse = np.linalg.pinv(matrix, rcond=_NOTHING, hermitian=True)
    centred = np.eye(part.size) - (part[:, None] == part[None, :]) / np.bincount(part + 1)[part + 1][:, None]
    error = np.sqrt(np.clip(np.einsum("ij,jk,ik->i", centred, inverse, centred, optimize=True), 0, None) * within)
    able = part >= 0
    return np.where(able, centred @ (inverse @ right), np.nan), np.where(able, error, np.nan)


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
