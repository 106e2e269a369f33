"""Which records: a drawn list that anybody with the seed draws again, whatever the order of the rows."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.sampling.allocation import allocate
from auditlab.sampling.identifiers import Positions, canonical_order, canonical_texts
from auditlab.sampling.selection import cell_points, interval_points, records_at, units_at
from auditlab.sampling.wording import records
from auditlab.seeds import derived_seed, seed_number
from auditlab.statistics.arguments import whole

GENERATOR = "numpy PCG64"  # bit generator of every draw; named in rationales
METHODS = ("random", "systematic", "stratified", "pps", "cell")
_TAKES = {"stratified": ("strata",), "pps": ("size",), "cell": ("size",)}
_NEEDS = {"stratified": "strata", "pps": "size"}
_SHOWN = 5


def draw(
    frame: pd.DataFrame,
    *,
    id: str,  # noqa: A002  # the name is part of the contract
    n: int,
    seed: int | str,
    method: str = "random",
    size: str | None = None,
    strata: str | None = None,
) -> pd.DataFrame:
    """A sample in the order drawn, or along the list where the method follows it.

    Only the columns named here are looked at, so no outcome can steer the choice. Identifiers are
    sorted as text before the draw: the order of the rows has no influence. With ``"random"`` a longer
    list begins with the shorter one of the same seed, so a sample can be extended.

    Parameters
    ----------
    frame : DataFrame
        The population, one row per record.
    id : str
        Its column of identifiers.
    n : int
        Records to draw [count]; with sizes the number of points, of which a large record may catch
        several.
    seed : int or str
        Whole number, or hexadecimal digits.
    method : str
        ``"random"`` without replacement; ``"systematic"``, every N/n-th record from a random start;
        ``"stratified"``, at random in each stratum, in proportion to its records; ``"pps"``, a fixed
        interval along the sizes; ``"cell"``, one at random in each of n equal parts of the list, or
        of the sizes where `size` is given.
    size : str, optional
        Column of sizes (users affected, cost), 0 or more; a record of size 0 is never drawn.
    strata : str, optional
        Column of strata.

    Returns
    -------
    DataFrame
        ``order`` (1 is drawn first) and the column of identifiers; with strata their column; with
        sizes their column and ``times`` (points that fell on the record) [count].

    Raises
    ------
    ArgumentError
        If the method is unknown or lacks its column, `n` is more than the population, an identifier,
        size or stratum is missing, an identifier stands twice, or the seed cannot be read.

    References
    ----------
    .. [1] Fisher-Yates shuffle, stopped after n steps (Knuth, The Art of Computer Programming 2,
       3.4.2, algorithm P), on `numpy.random.PCG64`. [2] Leslie, Teitlebaum and Anderson (1979),
       Dollar-unit sampling, for fixed intervals and cells.
    """
    _check_columns(method, size=size, strata=strata)
    order, wanted = canonical_order(frame, id=id), whole(n, name="n")
    if wanted > len(order) and size is None:
        raise ArgumentError(f"n is {wanted}, more than the {len(order)} records of the population. Draw fewer.")
    if strata is not None:
        return _stratified(frame, order, id=id, n=wanted, seed=seed, strata=strata)
    if size is not None:
        return _sized(frame, order, id=id, n=wanted, seed=seed, size=size, cells=method == "cell")
    places = _places(len(order), n=wanted, seed=seed_number(seed), method=method)
    return _listed(frame, order[places], columns=[id])


def replacements(
    frame: pd.DataFrame,
    *,
    id: str,  # noqa: A002  # as in `draw`
    n: int,
    seed: int | str,
    unavailable: Mapping[str, str],
) -> pd.DataFrame:
    """A random sample with records that cannot be examined replaced, and the log of it.

    The records that stand next in the same draw come in, so nobody chooses the replacement.

    Parameters
    ----------
    frame, id, n, seed
        As `draw`.
    unavailable : mapping
        Record to the reason why it cannot be examined.

    Returns
    -------
    DataFrame
        ``order``, the column of identifiers (as text), ``state`` (examined, replaced), ``replaces``
        (record; missing for those drawn first) and ``reason``.

    Raises
    ------
    ArgumentError
        As `draw`, if a reason is empty, a record was not drawn, or too few records are left.
    """
    drawn = draw(frame, id=id, n=n, seed=seed)[id].astype("str").tolist()
    strangers = sorted(set(unavailable).difference(canonical_texts(frame, id=id)))
    if strangers:
        raise ArgumentError(f"These are not in the population: {', '.join(strangers[:_SHOWN])}. Replace records of it.")
    silent = sorted(item for item, reason in unavailable.items() if not reason.strip())
    if silent:
        raise ArgumentError(f"No reason is given for replacing {', '.join(silent[:_SHOWN])}. Give one for each.")
    longer = draw(frame, id=id, n=min(len(frame), n + len(unavailable)), seed=seed)[id].astype("str").tolist()
    spare = [item for item in longer[n:] if item not in unavailable]
    gone = [item for item in drawn if item in unavailable]
    if len(spare) < len(gone):
        raise ArgumentError(
            f"{len(gone)} records are to be replaced, but only {len(spare)} are left to draw. Replace fewer."
        )
    rows: list[tuple[str, str, str | None, str | None]] = [
        (item, "replaced" if item in unavailable else "examined", None, unavailable.get(item)) for item in drawn
    ]
    rows += [(item, "examined", replaced, unavailable[replaced]) for item, replaced in zip(spare, gone, strict=False)]
    listed = pd.DataFrame(rows, columns=[id, "state", "replaces", "reason"]).astype("str")
    listed.insert(0, "order", np.arange(1, len(rows) + 1))
    return listed


def _check_columns(method: str, *, size: str | None, strata: str | None) -> None:
    if method not in METHODS:
        raise ArgumentError(f"There is no method '{method}' for draws. Use one of {', '.join(METHODS)}.")
    for name, column in (("size", size), ("strata", strata)):
        if column is not None and name not in _TAKES.get(method, ()):
            raise ArgumentError(f"{name} is {column!r}, but the method '{method}' uses none. Leave {name} out.")
        if column is None and _NEEDS.get(method) == name:
            raise ArgumentError(f"The method '{method}' needs {name}. Name the column.")


def _places(population: int, *, n: int, seed: int, method: str) -> Positions:
    """Places in the canonical order."""
    generator = np.random.Generator(np.random.PCG64(seed))
    if method == "random" or not n:
        return _shuffled(population, n=n, generator=generator)
    if method == "cell":
        return records_at(cell_points(population, n=n, generator=generator), records=population)
    start = population / n * (1 - generator.random())
    return records_at(interval_points(population, n=n, start=start), records=population)


def _shuffled(population: int, *, n: int, generator: np.random.Generator) -> Positions:
    """Positions of the first n cards of a shuffled deck; only the cards moved are kept in memory."""
    moved: dict[int, int] = {}
    chosen = np.empty(n, dtype=np.int64)
    for place in range(n):
        other = int(generator.integers(place, population))
        chosen[place] = moved.get(other, other)
        moved[other] = moved.get(place, place)
    return chosen


def _listed(frame: pd.DataFrame, positions: Positions, *, columns: list[str]) -> pd.DataFrame:
    listed = frame[columns].iloc[positions].reset_index(drop=True)
    listed.insert(0, "order", np.arange(1, len(positions) + 1))
    return listed


def _stratified(
    frame: pd.DataFrame,
    order: Positions,
    *,
    id: str,  # noqa: A002  # as in `draw`
    n: int,
    seed: int | str,
    strata: str,
) -> pd.DataFrame:
    named = _column(frame, strata, id=id, what="stratum").astype("str")
    ordered = named.iloc[order].reset_index(drop=True)
    names = sorted(ordered.unique())
    if not names:
        return _listed(frame, order[:0], columns=[id, strata])
    members = {name: np.flatnonzero(ordered == name) for name in names}
    shares = allocate([len(members[name]) for name in names], n=n)
    chosen = [
        members[name][
            _places(len(members[name]), n=share, seed=derived_seed(seed, purpose=f"stratum\0{name}"), method="random")
        ]
        for name, share in zip(names, shares, strict=True)
    ]
    return _listed(frame, order[np.concatenate(chosen)], columns=[id, strata])


def _sized(
    frame: pd.DataFrame,
    order: Positions,
    *,
    id: str,  # noqa: A002  # as in `draw`
    n: int,
    seed: int | str,
    size: str,
    cells: bool,
) -> pd.DataFrame:
    given = _column(frame, size, id=id, what="size")
    sizes = pd.to_numeric(given, errors="coerce").to_numpy(dtype="float64")
    if not np.isfinite(sizes).all():
        odd = next(place for place, value in enumerate(sizes) if not np.isfinite(value))
        raise ArgumentError(
            f"The size '{size}' of {frame[id].iloc[odd]} is {given.iloc[odd]!r}, no number. Write it like 1234.50."
        )
    if (sizes < 0).any():
        first = frame.loc[sizes < 0, id].astype("str").head(_SHOWN)
        raise ArgumentError(f"The size '{size}' is below 0 for {', '.join(first)}. Examine such records on their own.")
    ordered = sizes[order]
    total = float(ordered.sum())
    if n and not total:
        raise ArgumentError(f"The sizes in '{size}' add up to 0. A draw by size needs sizes above 0.")
    generator = np.random.Generator(np.random.PCG64(seed_number(seed)))
    if cells:
        points = cell_points(total, n=n, generator=generator)
    else:
        points = interval_points(total, n=n, start=total / n * (1 - generator.random()) if n else 0.0)
    places, times = np.unique(units_at(points, ordered), return_counts=True)
    return _listed(frame, order[places], columns=[id, size]).assign(times=times)


def _column(frame: pd.DataFrame, column: str, *, id: str, what: str) -> pd.Series:  # noqa: A002  # as in `draw`
    if column not in frame.columns:
        raise ArgumentError(f"There is no column '{column}' for the {what}. Name one of the population.")
    values = frame[column]
    if values.isna().any():
        names = ", ".join(frame.loc[values.isna(), id].astype("str").head(_SHOWN))
        raise ArgumentError(
            f"The {what} '{column}' is missing for {records(int(values.isna().sum()))}: {names}. "
            "Fill it in, or examine them on their own."
        )
    return values
