"""A plan and its rules as pairs of label and value: what a reader must see, and what is agreed before the draw."""

from __future__ import annotations

import pandas as pd

from auditlab.sampling.wording import percent, records
from auditlab.seeds import NO_SECRET_SEED, PREDICTABLE

_CONVENTIONS = {
    "reaches": "'reaches': not tolerable as soon as the share of deviating records reaches the tolerable rate",
    "exceeds": "'exceeds': not tolerable only where the share of deviating records exceeds the tolerable rate",
    "factor": "'factor': reliability factors, without a finite population",
}

COUNTING = (
    ("deviation", "the record does not show what the attribute says; counts in that attribute"),
    ("no deviation", "the record shows it"),
    ("does not apply", "leaves the record out of that attribute; its limit is then that without a finite population"),
    ("record not available", "counts as a deviation, unless a reserve record has taken its place"),
    ("replaced", "the reserve record counts; reserve records come in order, with a reason, never for a deviation"),
    ("any attribute", "a record counts once, however many of its attributes deviate"),
    ("confidence", "holds for each attribute on its own; for several lines together it is lower"),
    ("judgement part", "a count of its own; it never enters a percentage"),
)  # fmt: skip
"""What counts as what, agreed before anything is drawn."""


def counting_rules() -> pd.DataFrame:
    """`COUNTING` as a table: ``result, counts_as``."""
    return pd.DataFrame(COUNTING, columns=["result", "counts_as"]).astype("str")


def plan_summary(chosen: pd.Series) -> pd.DataFrame:
    """The plan that is followed, one line each.

    Parameters
    ----------
    chosen : Series
        Row of ``record_samples`` whose ``chosen`` is true.

    Returns
    -------
    DataFrame
        ``item, value``. Neither seed nor list; without a secret seed the line that says so in the place
        of the hash.
    """
    census = bool(chosen["n"] == chosen["N"])
    size = f"{chosen['n']} of the {'other ' if chosen['judgement_n'] else ''}{chosen['N']}"
    accepted = "" if pd.isna(chosen["accept"]) else f", {chosen['accept']} deviations accepted"
    if not pd.isna(chosen["next_n"]):
        accepted = ", no deviation accepted in the first stage, one in both together"
    later = "" if pd.isna(chosen["next_n"]) else f", and {chosen['next_n']} more if exactly one deviates"
    drawn = size if census else f"{size}{later}; reserve: {chosen['reserve_n']}, numbered"
    lines = {
        "Population": f"{chosen['population']}, {records(int(chosen['records']))}",
        "Judgement part": _judgement_words(int(chosen["judgement_n"])),
        "Census" if census else "Random part": drawn,
        "Criteria": f"tolerable {percent(float(chosen['tolerable']))}, confidence "
        f"{percent(float(chosen['confidence']))}{accepted}",
        "Strata": "" if pd.isna(chosen["strata"]) else str(chosen["strata"]),
        "Convention": _CONVENTIONS[str(chosen["convention"])],
        "Earlier sample": "" if pd.isna(chosen["prior"]) else str(chosen["prior"]),
        "Why this size": "" if pd.isna(chosen["proof"]) else str(chosen["proof"]),
    }
    if pd.isna(chosen["list_hash"]):
        lines["List"] = f"{PREDICTABLE}. {NO_SECRET_SEED['mend']}"
    else:
        lines["Hash of the sealed list"] = (
            f"{chosen['list_hash']} (fingerprint of the seed {chosen['seed_fingerprint']})"
        )
    # The long texts stand last: the box of a table scrolls, and the hash must be seen without that.
    lines |= {"Rationale": str(chosen["rationale"]), "Attributes": str(chosen["attributes"])}
    kept = [(item, value) for item, value in lines.items() if value]
    return pd.DataFrame(kept, columns=["item", "value"]).astype("str")


def _judgement_words(flagged: int) -> str:
    return f"{records(flagged)}, all that are flagged; no percentage" if flagged else "none; no record is flagged"


def client_notice(record_samples: pd.DataFrame) -> pd.DataFrame:
    """What the audited organisation may be told of the record samples before the audit: sizes, criteria and the hash.

    It names neither rules nor counts of the judgement part, from which the organisation could find its records.

    Parameters
    ----------
    record_samples : DataFrame
        As `record_sample_plan`.

    Returns
    -------
    DataFrame
        ``population, records, tolerable, confidence, convention, seed_fingerprint, list_hash`` of the plans that
        are followed; the last two are missing without a secret seed.
    """
    columns = ["population", "records", "tolerable", "confidence", "convention", "seed_fingerprint", "list_hash"]
    return record_samples.loc[record_samples["chosen"], columns].reset_index(drop=True)


def seal_words(record_samples: pd.DataFrame, *, run: str) -> str:
    """When the list was sealed and where it is, or that it was not sealed.

    Parameters
    ----------
    record_samples : DataFrame
        As `record_sample_plan`.
    run : str
        Name of the run, which begins with day and time (UTC); empty in a draft.
    """
    where = "The list is in workpapers/sampling.xlsx and tables/record_list.csv, for the audit team only"
    if record_samples["list_hash"].isna().all():
        return f"{where}; it is {PREDICTABLE}."
    when = f"in the run {run} (day and time in UTC)" if run else "in this draft, not in a run"
    return f"Sealed {when}. {where}; whoever holds this plan can check it by the hash once it is opened."
