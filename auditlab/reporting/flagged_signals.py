"""The flagged signals of the service data in short: what the improvement list and the management review take up."""

from __future__ import annotations

import re

import pandas as pd

from auditlab.history.cells import text_of
from auditlab.signals.headlines import family_words
from auditlab.signals.levels import base_family
from auditlab.signals.strength import strength_of

FLAGGED_DTYPES = {
    "signal": "str", "clause": "str", "site": "str", "service": "str", "supplier": "str", "recent": "Float64",
    "reference": "Float64", "effect": "Float64", "low": "Float64", "high": "Float64", "n": "Int64", "q": "Float64",
    "since": "str", "compared_with": "str", "value": "str", "said": "str",
}  # fmt: skip
_FIGURES = ("recent", "effect", "low", "high", "n", "q")
_OF_SITE = re.compile(r", (?P<period>\d{4}-\d{2}/\d{4}-\d{2})$")
"""How the series of a comparison of sites ends: it has no months of its own, and its whole period is compared."""

EARLIER_MONTHS = "the earlier months"


def flagged_signals(worse: pd.DataFrame) -> pd.DataFrame:
    """One line for each signal that got worse or is worse than elsewhere.

    Parameters
    ----------
    worse : DataFrame
        Result of ``signals.worse_signals``.

    Returns
    -------
    DataFrame
        ``signal`` (the name by which an improvement can name it, such as ``"supplier_attainment: S3, supplier X"`` or
        ``"unapproved_at_start_rate: site B"``), ``clause, site, service, supplier, recent, reference, effect, low,
        high, n, q, since`` (month of the onset, empty where none is known), ``compared_with`` (what the ``reference``
        is of: the earlier months, or the other sites in the same period), ``value`` (both values in words), ``said``.
    """
    rows = [_row(row) for row in worse.to_dict("records")]
    return pd.DataFrame(rows, columns=list(FLAGGED_DTYPES)).astype(FLAGGED_DTYPES)


def _row(row: dict[object, object]) -> dict[str, object]:
    family, site = base_family(str(row["family"])), text_of(row["site"])
    place = f"site {site}" if site else text_of(row["series"])
    value = strength_of({str(name): cell for name, cell in row.items()}).split(";")[0]
    since = text_of(row["onset"])[:7]
    sites = _OF_SITE.search(text_of(row["series"])) if site else None
    against = f"the other sites ({sites['period']})" if sites else EARLIER_MONTHS
    worse = f"worse than at {against}" if sites else "worse"
    told = f"{family_words(family)}, {place}: {worse}, {value}" + (f", since {since}" if since else "")
    return {str(name): row[name] for name in _FIGURES} | {
        "reference": row["earlier"], "compared_with": against,
        "signal": f"{family}: {place}", "clause": text_of(row["clause"]), "site": site,
        "service": text_of(row["service"]), "supplier": text_of(row["supplier"]), "since": since, "value": value,
        "said": f"{told}; clause {text_of(row['clause'])}.",
    }  # fmt: skip
