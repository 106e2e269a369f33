"""Rules of the audit programme of a certification body, as data, and the arithmetic of site samples.

``programme_rules.csv`` beside this module holds the rules in our own words, each with its source.
Its column ``standing`` says how sure the wording is: *checked* in public sources, *to confirm* by a
holder of the licensed text, or *practice* (a period that a certification body sets for itself).
"""

from __future__ import annotations

from math import isqrt

import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.standard._tables import read_rows

SITE_SAMPLED = frozenset({"initial", "stage2", "surveillance", "recertification"})
"""Kinds of audit for which MD 1 has a rule; others visit the sites that their purpose names."""

# n is the smallest with (100 n)^2 >= (percent)^2 x: integers only, as 0.6 * sqrt(25) is 3 and not 4.
_PERCENT_OF_ROOT = {"initial": 100, "stage2": 100, "surveillance": 60, "recertification": 80}


def site_minimum(sites: int, *, audit_type: str) -> int:
    """The smallest number of sites to visit where sites are sampled.

    The square root of the number of sites at the initial audit, 0.6 times that at surveillance, 0.8
    times that at recertification, each rounded up. Risk, complaints or findings call for more.

    Parameters
    ----------
    sites : int
        Sites besides the central function, which is visited always [count].
    audit_type : str
        ``"initial"`` (or its ``"stage2"``), ``"surveillance"`` or ``"recertification"``.

    Returns
    -------
    int
        Sites to visit besides the central function [count]; 0 if there is none.

    Raises
    ------
    ArgumentError
        If the number is negative or no whole number, or the rule knows no such audit type.

    References
    ----------
    .. [1] MD 1 (formerly IAF), audit and certification of an organisation with several sites.
    """
    if isinstance(sites, bool) or not isinstance(sites, int) or sites < 0:
        raise ArgumentError(
            f"{sites!r} is no number of sites. Give the whole number of sites besides the central function, 0 or more."
        )
    if audit_type not in _PERCENT_OF_ROOT:
        raise ArgumentError(
            f"There is no site minimum for the audit type '{audit_type}'. "
            f"The rule knows {', '.join(_PERCENT_OF_ROOT)}; plan other audits by their purpose."
        )
    squared = _PERCENT_OF_ROOT[audit_type] ** 2 * sites
    # The smallest n with 100 n >= sqrt(squared): round the root up, then the hundredth up.
    root = isqrt(squared - 1) + 1 if squared else 0
    return -(-root // 100)


def site_percent_of_root(audit_type: str) -> int:
    """The factor before the square root in the rule of `site_minimum` [per cent]; KeyError for an unknown type."""
    return _PERCENT_OF_ROOT[audit_type]


def programme_rules() -> pd.DataFrame:
    """The rules of the audit programme.

    Returns
    -------
    DataFrame
        ``rule, item`` (empty where a rule has one row), ``applies_to`` (audit type or all),
        ``requirement`` (our words), ``value`` (missing where the rule has no number), ``unit``,
        ``clauses`` (2018 clauses separated by semicolons), ``source, reference`` (document and
        where in it), ``standing``.
    """
    frame = pd.DataFrame(read_rows("programme_rules.csv"), dtype="str")
    return frame.assign(value=pd.to_numeric(frame["value"]).astype("Float64"))
