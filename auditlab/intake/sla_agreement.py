"""How far the exported flags of service levels can be relied on: their agreement with the times, with its interval."""

from __future__ import annotations

import pandas as pd

from auditlab.intake.sla_truth import sla_agreement

AGREEMENT_DTYPES = {
    "file": "str", "sheet": "str", "sla_basis": "str", "n": "int64", "agree": "int64", "agree_share": "float64",
    "low": "float64", "high": "float64", "method": "str", "flag_met": "int64", "times_met": "int64", "note": "str",
}  # fmt: skip
NO_FLAG, NO_TIMES = "without a flag", "without times or a target to recompute it"


def sla_flag_agreement(incidents: pd.DataFrame) -> pd.DataFrame:
    """Agreement between the flag of a ticket and what its times say, per sheet and basis.

    Parameters
    ----------
    incidents : DataFrame
        Canonical incidents with ``sla_met_recomputed``.

    Returns
    -------
    DataFrame
        ``file, sheet``; ``sla_basis``, what the recomputed answer rests on; ``n`` ended tickets with
        both answers [count]; ``agree`` [count]; ``agree_share, low, high`` (95 %) [0-1] and ``method``;
        ``flag_met, times_met``, those met by either [count]; ``note``: ended tickets of the sheet
        that lack one of the answers. A sheet without a ticket that has both stands with ``n = 0`` and
        a missing share.

    References
    ----------
    .. [1] Wilson (1927), JASA 22:209-212.
    """
    from auditlab.statistics.intervals import wilson  # noqa: PLC0415  # opening an engagement does without scipy

    both = sla_agreement(incidents).rename(columns={"source_file": "file", "source_sheet": "sheet"})
    lines = []
    for (file, sheet), tickets in incidents.groupby(["source_file", "source_sheet"], sort=True):
        place = {"file": file, "sheet": sheet, "note": _lacking(tickets)}
        own = both[(both["file"] == file) & (both["sheet"] == sheet)]
        if own.empty:
            lines.append(place | {"n": 0, "agree": 0, "flag_met": 0, "times_met": 0})
        for line in own.to_dict("records"):
            limit = wilson(line["agree"], n=line["n"])
            told = {"agree_share": limit.estimate, "low": limit.low, "high": limit.high, "method": limit.method}
            lines.append({str(name): value for name, value in line.items()} | place | told)
    return pd.DataFrame(lines, columns=list(AGREEMENT_DTYPES)).astype(AGREEMENT_DTYPES)


def _lacking(tickets: pd.DataFrame) -> str:
    """Ended tickets that lack one of the answers, in words."""
    ended = tickets[tickets["resolved"].notna()]
    counts = {NO_FLAG: int(ended["sla_met"].isna().sum()), NO_TIMES: int(ended["sla_met_recomputed"].isna().sum())}
    return "; ".join(f"{count} of {len(ended)} ended tickets {what}" for what, count in counts.items() if count)
