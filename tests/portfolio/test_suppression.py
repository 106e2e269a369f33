"""No suppressed number can be worked out: checked by solving the equations that a reader has."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.optimize import linprog

from auditlab.errors import ArgumentError
from auditlab.portfolio.suppression import few_events, protected, suppressed

LEAST = 5


def with_totals(cells):
    rows = np.column_stack([cells, cells.sum(axis=1)])
    return np.vstack([rows, rows.sum(axis=0)])


def span(sizes, hidden, place):
    """Least and greatest value of a hidden number that agree with all shown ones, by linear programming."""
    places = [tuple(spot) for spot in np.argwhere(hidden)]
    equations, sums = [], []
    rows, columns = sizes.shape
    lines = [[(r, c) for c in range(columns)] for r in range(rows)]
    lines += [[(r, c) for r in range(rows)] for c in range(columns)]
    for line in lines:
        signs = {spot: (-1 if at == len(line) - 1 else 1) for at, spot in enumerate(line)}
        equations.append([signs.get(spot, 0) for spot in places])
        sums.append(-sum(signs[spot] * sizes[spot] for spot in line if spot not in places))
    aim = [1.0 if spot == place else 0.0 for spot in places]
    return [
        linprog(np.array(aim) * sign, A_eq=equations, b_eq=sums, bounds=[(0, 10_000)] * len(places)).fun * sign
        for sign in (1, -1)
    ]


@given(arrays("int64", st.tuples(st.integers(2, 4), st.integers(2, 4)), elements=st.integers(1, 12)))
@settings(max_examples=40, deadline=None)
def test_no_small_number_follows_from_the_shown_ones(cells):
    sizes = with_totals(cells).astype("float64")
    hidden = protected(sizes, least=LEAST)
    assert hidden[sizes < LEAST].all()
    for place in np.argwhere(hidden & (sizes < LEAST)):
        low, high = span(sizes, hidden, tuple(place))
        assert high - low > 0.5


@given(arrays("int64", st.tuples(st.integers(2, 5), st.integers(2, 5)), elements=st.integers(1, 12)))
@settings(max_examples=40, deadline=None)
def test_a_total_less_what_is_shown_is_never_about_few(cells):
    sizes = with_totals(cells).astype("float64")
    hidden = protected(sizes, least=LEAST)
    for axis in (0, 1):
        gone = np.where(hidden, sizes, 0.0)
        gone = gone[:-1].sum(axis=0) if axis == 0 else gone[:, :-1].sum(axis=1)
        shown_total = ~(hidden[-1] if axis == 0 else hidden[:, -1])
        assert ((gone[shown_total] == 0) | (gone[shown_total] >= LEAST)).all()


def test_a_table_of_large_cells_is_shown_whole():
    assert not protected(with_totals(np.full((3, 4), 9)).astype("float64"), least=LEAST).any()


def test_one_small_cell_takes_the_smallest_rectangle_with_it():
    """The classical case: the small cell, one more in its row, one more in its column, and their corner."""
    sizes = with_totals(np.array([[2, 9, 8], [7, 9, 9], [9, 9, 9]])).astype("float64")
    hidden = protected(sizes, least=LEAST)
    assert hidden[0, 0]
    assert hidden[:3, :3].sum() == 4
    assert not hidden[-1].any()


def test_totals_known_from_elsewhere_count_as_shown():
    cells = pd.DataFrame(
        [("8.1", sector, n) for sector, n in (("a", 3), ("b", 9), ("c", 12))]
        + [("8.2", sector, n) for sector, n in (("a", 3), ("b", 9), ("c", 12))],
        columns=["clause", "sector", "clients"],
    )
    hidden = suppressed(cells, row="clause", column="sector", least=LEAST)
    assert list(cells.loc[hidden, "sector"].unique()) == ["a", "b"]


def test_two_rows_about_one_cell_are_refused():
    cells = pd.DataFrame({"row": ["a", "a"], "column": ["x", "x"], "clients": [1, 2]})
    with pytest.raises(ArgumentError, match="same row and column"):
        suppressed(cells, row="row", column="column", least=LEAST)


def test_a_table_without_a_cell_hides_nothing():
    cells = pd.DataFrame({"row": [], "column": [], "clients": [], "clients_with": []})
    for hidden in (
        suppressed(cells, row="row", column="column", least=LEAST),
        few_events(cells, row="row", column="column", least=LEAST, happened="clients_with"),
    ):
        assert hidden.dtype == "bool"
        assert hidden.empty
