"""Whether a worksheet that came back is still the sealed list and the plan it was made with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.sampling.seal import sealed_pairs, verify_seal

NOT_COMPARED = "nobody compared the identifiers with the sealed list; give the run that drew it, or the seed"
"""Note of an evaluation without a list and without a seed."""

PLAN_NUMBERS = ("records", "judgement_n", "N", "n", "accept", "next_n", "tolerable", "confidence", "expected")
"""Lines of the plan that hold numbers."""

_WORDS = ("convention", "design", "strata", "prior", "list_hash")


def check_plan(plan: Mapping[str, str], *, planned: pd.DataFrame | None) -> None:
    """Raise where the plan sheet is not the plan of the run that drew the list.

    Parameters
    ----------
    plan : mapping
        Row of the plan sheet.
    planned : DataFrame, optional
        ``record_samples`` of the run; without it nothing is compared.

    Raises
    ------
    ArgumentError
        With every line that differs, as it is and as it was planned.
    """
    if planned is None:
        return
    rows = planned[planned["chosen"] & (planned["population"] == plan["population"])]
    if rows.empty:
        known = "; ".join(planned.loc[planned["chosen"], "population"])
        raise ArgumentError(
            f"Sheet 'Plan' names the population '{plan['population']}', which the run did not plan. It planned: "
            f"{known}. Put the name back, or give the run that drew this list."
        )
    row = rows.iloc[0]
    changed = [f"{name} is {plan.get(name)}, planned {row[name]}" for name in PLAN_NUMBERS if _differ(plan, row, name)]
    changed += [
        f"{name} is '{plan.get(name, '')}', planned '{_text(row.get(name))}'"
        for name in _WORDS
        if plan.get(name, "") != _text(row.get(name))
    ]
    if changed:
        raise ArgumentError(
            f"Sheet 'Plan', population '{plan['population']}', is not the plan of the run: {'; '.join(changed)}. "
            "Put it back: what is decided after the draw is no plan."
        )


def check_list(
    plan: Mapping[str, str], answers: pd.DataFrame, *, listed: pd.DataFrame | None, seed: str | None
) -> bool:
    """Whether the identifiers could be compared with those that were drawn.

    Parameters
    ----------
    plan : mapping
        Row of the plan sheet, with ``sheet``.
    answers : DataFrame
        As `worksheets.Worksheet.answers`.
    listed : DataFrame, optional
        ``record_list`` of the run.
    seed : str, optional
        Secret seed; without `listed` the hash of the plan is checked with it.

    Raises
    ------
    ArgumentError
        Where they are not those that were drawn; one by one with `listed`.
    """
    name, pairs = plan["population"], Counter(sealed_pairs(answers))
    twice = sorted(f"{item} ({part})" for (part, item), count in pairs.items() if count > 1)
    problems = [f"stands more than once: {record}" for record in twice]
    compared = listed is not None or (seed is not None and "list_hash" in plan)
    if listed is not None:
        drawn = set(sealed_pairs(listed[listed["population"] == name]))
        problems += [f"missing from the sheet: {item} ({part})" for part, item in sorted(drawn - set(pairs))]
        problems += [f"not on the sealed list: {item} ({part})" for part, item in sorted(set(pairs) - drawn)]
    elif seed is not None and compared:
        items = answers[["item", "part", "order", "stratum"]]
        if not verify_seal(items, list_hash=plan["list_hash"], seed=seed, population=name):
            problems.append(
                "the identifiers do not give the hash of the plan; give the run that drew the list to see which"
            )
    if problems:
        raise ArgumentError(
            f"Sheet '{plan['sheet']}' is not the list that was sealed. {'; '.join(problems)}. "
            "Put the identifiers back as they were drawn; note a replacement in its own column."
        )
    return compared


def _differ(plan: Mapping[str, str], row: pd.Series, name: str) -> bool:
    stands, was = plan.get(name), row.get(name)
    if stands is None or pd.isna(was):
        return not (stands is None and pd.isna(was))
    return abs(float(stands) - float(was)) > 1e-6  # a share in per cent has lost its last digits


def _text(value: object) -> str:
    return "" if pd.isna(value) else str(value)  # type: ignore[call-overload]  # a scalar of a frame
