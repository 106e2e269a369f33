"""Control of the false discovery rate within a declared family of tests."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

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
    from scipy.stats import false_discovery_control  # noqa: PLC0415  # keeps the import of auditlab light

    if method not in {"bh", "by"}:
        raise ArgumentError(f"There is no method '{method}' of false discovery control. Use bh or by.")
    values = np.asarray(p_values, dtype="float64")
    made = ~np.isnan(values)
    if ((values[made] < 0) | (values[made] > 1)).any():
        raise ArgumentError(f"p-values lie between 0 and 1; these do not: {values[made].tolist()}.")
    adjusted = np.full(values.shape, np.nan)
    if made.any():
        adjusted[made] = false_discovery_control(values[made], method=method)
    return [float(value) for value in adjusted]
