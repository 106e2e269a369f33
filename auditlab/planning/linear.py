"""A linear programme with whole numbers, put together row by row and solved by HiGHS."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from auditlab.errors import NotEnoughDataError

TIE_BREAK = 1e-6
"""What one place in the order of entry costs, so that equal solutions have one answer."""


class Programme:
    """Variables and rows of one problem; what is maximised is the sum of the gains."""

    def __init__(self) -> None:
        self._gains: list[np.ndarray] = []
        self._highs: list[np.ndarray] = []
        self._whole: list[np.ndarray] = []
        self._yielding: list[np.ndarray] = []
        self._size = 0
        self._columns: list[np.ndarray] = []
        self._factors: list[np.ndarray] = []
        self._lengths: list[int] = []
        self._least: list[float] = []
        self._most: list[float] = []

    def variables(
        self, high: Sequence[float] | np.ndarray, *, gain: Sequence[float] | np.ndarray, whole: bool = True,
        yields: bool = False,
    ) -> np.ndarray:  # fmt: skip
        """New variables from 0 up to `high`, and their places.

        Parameters
        ----------
        high : sequence of float
            Upper bound of each.
        gain : sequence of float
            What one unit of each adds to the sum that is maximised.
        whole : bool
            Whether they are whole numbers.
        yields : bool
            Whether they say by how much rules yield; they stay 0 where all rules can be kept together.
        """
        highs = np.asarray(high, dtype=float)
        gains = np.broadcast_to(np.asarray(gain, dtype=float), highs.shape)
        places = np.arange(self._size, self._size + len(highs))
        self._size += len(highs)
        self._highs.append(highs)
        self._gains.append(gains)
        self._whole.append(np.full(len(highs), int(whole)))
        self._yielding.append(np.full(len(highs), yields))
        return places

    def row(
        self, *terms: tuple[np.ndarray | int, np.ndarray | float], least: float = -np.inf, most: float = np.inf
    ) -> None:
        """One row: the sum of variables times factors lies from `least` to `most`."""
        columns = [np.atleast_1d(places) for places, _ in terms]
        factors = [np.broadcast_to(np.asarray(by, dtype=float), len(np.atleast_1d(places))) for places, by in terms]
        self._columns.append(np.concatenate(columns) if columns else np.zeros(0, int))
        self._factors.append(np.concatenate(factors) if factors else np.zeros(0))
        self._lengths.append(len(self._columns[-1]))
        self._least.append(least)
        self._most.append(most)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and variables."""
        return len(self._lengths), self._size

    def solve(self, *, gap: float) -> np.ndarray:
        """The values of all variables in the best solution, within the relative gap.

        It stops on the gap and never on time, so that the same problem has the same answer on a slow computer. The
        problem without any slack comes first: it is small beside the other one, and whether it has a solution
        shows at once.

        Raises
        ------
        NotEnoughDataError
            If no solution exists; a problem of ours has slack in every rule, so this is a rule without slack.
        """
        pointers = np.concatenate([[0], np.cumsum(self._lengths)])
        columns = np.concatenate([*self._columns, np.zeros(0, int)])
        matrix = csr_array((np.concatenate([*self._factors, np.zeros(0)]), columns, pointers), shape=self.shape)
        high, yielding = np.concatenate(self._highs), np.concatenate(self._yielding)
        highs = [np.where(yielding, 0.0, high), high] if yielding.any() else [high]
        for most in highs:
            result = milp(
                -np.concatenate(self._gains),
                integrality=np.concatenate(self._whole),
                bounds=Bounds(0, most),
                constraints=LinearConstraint(matrix, self._least, self._most),
                options={"mip_rel_gap": gap},
            )
            if result.x is not None:
                whole = np.concatenate(self._whole).astype(bool)
                return np.asarray(np.where(whole, np.round(result.x), result.x))
        raise NotEnoughDataError(f"There is no plan within the fixed rules ({result.message}). Loosen one.")
