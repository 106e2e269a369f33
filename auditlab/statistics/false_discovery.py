"""Control of the false discovery rate within a declared family of tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from auditlab.errors import ArgumentError


def q_values(p_values: Sequence[float], *, method: str = "bh") -> list[float]:
    """q-values of one family of tests.

    Parameters
    ----------
    p_values : sequence of float
        p-values [0-1]; a missing one (nan) belongs to a test that could not be made: it is no member
        of the family, and its q-value is missing.
    method : str
        ``"bh"`` (Benjamini-Hochberg; holds for independent tests and for positive dependence, as of
        services that share tickets) or ``"by"`` (Benjamini-Yekutieli; holds for any dependence).

    Returns
    -------
    list of float
        ``q_i = min over j >= i of m p_(j) / j``, for ``"by"`` times 1 + 1/2 + ... + 1/m, at most 1,
        in the order given [0-1].

    Raises
    ------
    ArgumentError
        If a value lies outside 0 to 1, or the method is unknown.

    References
    ----------
    .. [1] Benjamini and Hochberg (1995), JRSS B 57:289-300. [2] Benjamini and Yekutieli (2001),
       Annals of Statistics 29:1165-1188.
    """
    if method not in {"bh", "by"}:
        raise ArgumentError(f"There is no method '{method}' of false discovery control. Use bh or by.")
    values = np.asarray(p_values, dtype="float64")
    made = ~np.isnan(values)
    if ((values[made] < 0) | (values[made] > 1)).any():
        raise ArgumentError(f"p-values lie between 0 and 1; these do not: {values[made].tolist()}. Mend them.")
    adjusted = np.full(values.shape, np.nan)
    if made.any():
        adjusted[made] = _adjusted(values[made], dependent=method == "by")
    return [float(value) for value in adjusted]


def _adjusted(values: npt.NDArray[np.float64], *, dependent: bool) -> npt.NDArray[np.float64]:
    """As ``scipy.stats.false_discovery_control``, whose module takes a second to load and gives nothing else here."""
    places = np.arange(1, values.size + 1)
    factor = values.size * ((1 / places).sum() if dependent else 1.0)
    order = np.argsort(values, kind="stable")
    stepped = np.minimum.accumulate((values[order] * factor / places)[::-1])[::-1]
    found = np.empty(values.shape)
    found[order] = np.minimum(stepped, 1.0)
    return found
