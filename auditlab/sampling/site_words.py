"""The rule for the number of sites as a sentence that shows its arithmetic."""

from __future__ import annotations

from math import isqrt, sqrt

from auditlab.standard.programme import site_percent_of_root


def rule_in_words(
    sites: int, required: int, *, audit_type: str, central: bool, activity: str, sampled: bool, party: str
) -> str:
    """The rule, its arithmetic, and whom it binds.

    Parameters
    ----------
    sites, required : int
        Sites besides the central function, and how many of them must be visited [count].
    audit_type : str
        As `site_plan`.
    central : bool
        Whether a central function is marked.
    activity : str
        What these sites do; empty where all do the same.
    sampled : bool
        Whether the sites may stand for one another.
    party : str
        Who audits: first, second or third party.
    """
    of = f"{required} of {sites} site{'' if sites == 1 else 's'} besides the central function"
    if activity:
        of = f"{of} with the activity '{activity}'"
    if not sampled:
        text = f"MD 1, {audit_type}, where sites cannot stand for one another: {of}"
    else:
        drawn = "all sites required" if required >= sites else "at least a quarter of them at random"
        text = f"MD 1, {audit_type}: {_arithmetic(sites, audit_type)}{of}; {drawn}"
    if not central:
        text += "; no site is marked as the central function, which is visited always: mark it in the list of sites"
    if party != "third":
        text += f"; the rule is for certification bodies and serves as a guide in a {party}-party audit"
    return text


def _arithmetic(sites: int, audit_type: str) -> str:
    """The product in two decimals, rounded up; nothing for no site."""
    if not sites:
        return ""
    percent, root = site_percent_of_root(audit_type), sqrt(sites)
    factor = "" if percent == 100 else f"{percent / 100:g} x "
    exact = isqrt(sites) ** 2 == sites and percent * isqrt(sites) % 100 == 0
    value = percent / 100 * root
    return f"{factor}sqrt({sites}) = {value:.2f}, {'no rounding: ' if exact else 'rounded up to '}"
