"""The plan of an earlier run, to be compared with what the audit then found."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd

from auditlab.errors import EngagementError
from auditlab.priority.allocation import ALLOCATION_DTYPES
from auditlab.publish.manifest import MANIFEST
from auditlab.reporting import FollowedPlan

_ALLOCATION = Path("tables") / "allocation.csv"
_PRIORITIES = Path("tables") / "priorities.csv"
_CHANCE_DTYPES = {"site": "str", "clause": "str", "expected": "float64", "low": "float64", "high": "float64"}


def earlier_plan(run: str | Path) -> tuple[pd.DataFrame, pd.Timestamp]:
    """The allocation of an earlier run, and the day of its review.

    Parameters
    ----------
    run : str or Path
        Folder of the run.

    Returns
    -------
    tuple of DataFrame and Timestamp
        As ``priority.allocation``, and ``as_of``.

    Raises
    ------
    EngagementError
        If the folder holds no such plan.
    """
    folder = Path(run)
    table, manifest = folder / _ALLOCATION, folder / MANIFEST
    try:
        plan = pd.read_csv(table, dtype="str", keep_default_na=False)[list(ALLOCATION_DTYPES)].astype(ALLOCATION_DTYPES)
        day = pd.Timestamp(json.loads(manifest.read_text(encoding="utf-8"))["as_of"])
    except (OSError, ValueError, KeyError) as error:
        raise EngagementError(
            f"{folder} holds no plan of time that can be read ({type(error).__name__} at {_ALLOCATION} or {MANIFEST}). "
            "Give the folder of the run of priority_plan that the audit followed."
        ) from None
    return plan, day


def followed_plan(run: str | Path | None) -> FollowedPlan:
    """The plan of an earlier run with the chances it rested on; empty where no run is named.

    Parameters
    ----------
    run : str or Path, optional
        Folder of the run.

    Raises
    ------
    EngagementError
        If the folder holds no plan.
    """
    if run is None:
        plan, day = no_plan()
        return FollowedPlan(allocation=plan, expectation=_chances(None), as_of=day)
    plan, day = earlier_plan(run)
    return FollowedPlan(allocation=plan, expectation=_chances(Path(run) / _PRIORITIES), as_of=day)


def _chances(table: Path | None) -> pd.DataFrame:
    """The chance of a nonconformity by cell; empty where the run left none."""
    if table is None or not table.exists():
        return pd.DataFrame(columns=list(_CHANCE_DTYPES)).astype(_CHANCE_DTYPES)
    return pd.read_csv(table, dtype=_CHANCE_DTYPES, usecols=list(_CHANCE_DTYPES))


def no_plan() -> tuple[pd.DataFrame, pd.Timestamp]:
    """An empty plan, where no run is named."""
    return pd.DataFrame(columns=list(ALLOCATION_DTYPES)).astype(ALLOCATION_DTYPES), pd.Timestamp.max
