"""Small cells of a table are not shown, nor can they be worked out from the cells and totals that are.

A table with totals is a set of equations: every row and every column adds up to its total. A suppressed number is
exposed where the shown ones leave one value for it, or where a total less what is shown of its line is about fewer
clients than may be shown. Further numbers are then suppressed, smallest first, until none is.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from auditlab.errors import ArgumentError

Mask = npt.NDArray[np.bool_]
Sizes = npt.NDArray[np.float64]
_NOTHING = 1e-9
_TOTAL = -1  # last row and last column of a table


def suppressed(
    cells: pd.DataFrame, *, row: str, column: str, least: int, total: str | None = None, size: str = "clients"
) -> pd.Series:
    """Which rows of `cells` must not be shown.

    Parameters
    ----------
    cells : DataFrame
        One row a cell.
    row, column : str
        Columns that place the cell.
    least : int
        Fewest clients that a shown number may be about [count].
    total : str, optional
        What `row` and `column` hold in the totals; without it the reader is taken to know all totals from elsewhere.
    size : str
        Column: clients of the cell [count].

    Returns
    -------
    Series of bool
        By the index of `cells`.

    Raises
    ------
    ArgumentError
        If two rows are about the same cell.
    """
    if cells.duplicated([row, column]).any():
        raise ArgumentError(f"Two rows are about the same {row} and {column}. Give one row a cell.")
    if cells.empty:
        return pd.Series(dtype="bool", index=cells.index)
    rows = [name for name in cells[row].drop_duplicates() if name != total]
    columns = [name for name in cells[column].drop_duplicates() if name != total]
    at_row = cells[row].map({name: place for place, name in enumerate(rows)} | {total: len(rows)}).to_numpy()
    at_column = (
        cells[column].map({name: place for place, name in enumerate(columns)} | {total: len(columns)}).to_numpy()
    )
    sizes = np.full((len(rows) + 1, len(columns) + 1), np.nan)
    sizes[at_row, at_column] = cells[size].to_numpy(dtype="float64")
    hidden = protected(sizes, least=least)
    return pd.Series(hidden[at_row, at_column], index=cells.index)


def few_events(
    cells: pd.DataFrame, *, row: str, column: str, least: int, happened: str, total: str | None = None
) -> pd.Series:
    """Which counts of events must not be shown: they happened at some, but fewer than `least` clients, or follow.

    Parameters
    ----------
    cells, row, column, least, total
        As for `suppressed`.
    happened : str
        Column: clients at which the events happened [count]. A count of nothing is about no client and is shown.

    Returns
    -------
    Series of bool
        By the index of `cells`.
    """
    known = cells.assign(**{happened: cells[happened].astype("float64").where(cells[happened] > 0)})
    return suppressed(known, row=row, column=column, least=least, total=total, size=happened)


def protected(sizes: Sizes, *, least: int) -> Mask:
    """The numbers of a table that are suppressed so that nothing about fewer than `least` clients is shown.

    Parameters
    ----------
    sizes : array of float
        Clients of every cell; the last row and the last column hold the totals. A missing cell is empty and known
        to be; a missing total is known to the reader from elsewhere.
    least : int
        Fewest clients that a shown number may be about [count].

    Returns
    -------
    array of bool
        Where a line leaves nothing more to suppress, all of it is.
    """
    present = ~np.isnan(sizes)
    hidden = present & (sizes < least)
    while True:
        rows, columns = _open_lines(sizes, hidden, least=least)
        if not (rows.any() or columns.any()):
            places = np.argwhere(exposed(hidden))
            rows[places[:, 0]], columns[places[:, 1]] = True, True
        through = rows[:, None].astype("int64") + columns[None, :]
        further = (through > 0) & present & ~hidden
        if not further.any():
            return hidden
        # A number on two open lines closes both; among equals the smallest says least.
        best = further & (through == through[further].max())
        hidden[np.unravel_index(int(np.argmin(np.where(best, sizes, np.inf))), sizes.shape)] = True


def exposed(hidden: Mask) -> Mask:
    """Hidden numbers that the shown ones leave one value for; the last row and column are the totals."""
    places = np.argwhere(hidden)
    found = np.zeros_like(hidden)
    if not len(places):
        return found
    rows, columns = hidden.shape
    numbers = np.arange(len(places))
    # Each row and each column says: the cells less their total make zero.
    equations = np.zeros((rows + columns, len(places)))
    equations[places[:, 0], numbers] = np.where(places[:, 1] == columns - 1, -1, 1)
    equations[rows + places[:, 1], numbers] = np.where(places[:, 0] == rows - 1, -1, 1)
    _, singular, vectors = np.linalg.svd(equations, full_matrices=True)
    rank = int((singular > _NOTHING).sum())
    # A number is fixed where no solution of the equations moves it.
    fixed = np.abs(vectors[rank:]).sum(axis=0) < _NOTHING
    found[places[fixed, 0], places[fixed, 1]] = True
    return found


def _open_lines(sizes: Sizes, hidden: Mask, *, least: int) -> tuple[Mask, Mask]:
    """Rows and columns with one hidden number, or whose hidden cells together are about fewer than `least` clients."""
    found = []
    for table, gone in ((sizes, hidden), (sizes.T, hidden.T)):
        together = np.where(gone, np.nan_to_num(table), 0.0)[:, :_TOTAL].sum(axis=1)
        some = gone[:, :_TOTAL].any(axis=1)
        found.append((gone.sum(axis=1) == 1) | (some & ~gone[:, _TOTAL] & (together < least)))
    return found[0], found[1]
