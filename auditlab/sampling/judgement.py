"""The judgement part of a sample: records that the data themselves point at, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.sampling.identifiers import identifiers
from auditlab.sampling.wording import records


def judgement_part(
    frame: pd.DataFrame,
    *,
    id: str,  # noqa: A002  # the name is part of the contract
    flags: Mapping[str, str],
) -> pd.DataFrame:
    """The flagged records, all of them. They carry no percentage for the population.

    Parameters
    ----------
    frame : DataFrame
        The population, one row per record, with a truth value per flag.
    id : str
        Its column of identifiers.
    flags : mapping
        Column of truth values to the reason it stands for, e.g. ``{"late": "approved after the start"}``.

    Returns
    -------
    DataFrame
        The column of identifiers in text order and ``reason`` (all reasons, separated by semicolons).

    Raises
    ------
    ArgumentError
        As `draw`, and if a flag has no column, a missing value or one that is no truth value.
    """
    raised = _raised(frame, id=id, flags=flags)
    reasons = pd.Series("", index=frame.index, dtype="str")
    for column, reason in flags.items():
        joined = reasons.where(reasons == "", reasons + "; ") + reason
        reasons = reasons.mask(raised[column], joined)
    listed = pd.DataFrame({id: frame[id], "reason": reasons})[raised.any(axis="columns")]
    order = listed[id].astype("str").reset_index(drop=True).sort_values(kind="stable").index
    return listed.iloc[order].reset_index(drop=True)


def remainder(
    frame: pd.DataFrame,
    *,
    id: str,  # noqa: A002  # as above
    flags: Mapping[str, str],
) -> pd.DataFrame:
    """The rows of the population that no flag points at; the random part is drawn from them.

    Parameters and errors as `judgement_part`.
    """
    return frame[~_raised(frame, id=id, flags=flags).any(axis="columns")]


def _raised(frame: pd.DataFrame, *, id: str, flags: Mapping[str, str]) -> pd.DataFrame:  # noqa: A002  # as above
    ids = identifiers(frame, id=id)
    raised = pd.DataFrame(index=frame.index)
    for column, reason in flags.items():
        if column not in frame.columns:
            raise ArgumentError(f"There is no column '{column}' for the reason '{reason}'. Add it, or drop the flag.")
        values = frame[column]
        if values.isna().any():
            names = ", ".join(ids[values.isna()].astype("str").head(5))
            raise ArgumentError(
                f"The flag '{column}' is neither true nor false for {records(int(values.isna().sum()))}: {names}. "
                "Decide them: a record that is not known is not unflagged."
            )
        if not values.isin([True, False]).all():
            raise ArgumentError(f"The flag '{column}' holds other values than true and false. Give truth values.")
        raised[column] = values.astype("bool")
    return raised
