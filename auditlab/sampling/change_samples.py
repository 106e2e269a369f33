"""The sample of the changes of an engagement: its design, its site and its strata, from settings and records."""

from __future__ import annotations

import pandas as pd

from auditlab.engagement import Engagement
from auditlab.settings import SamplingDesign
from auditlab.signals.change_approvals import emergency_changes

KIND, SITE = "kind", "site"


def change_design(lab: Engagement, design: str | None = None) -> SamplingDesign:
    """The design of the sample of changes: that of the settings, with `design` in its place where one is given."""
    set_design = lab.settings.sampling.changes
    return set_design if design is None else set_design.model_copy(update={"design": design})


def sampled_site(design: SamplingDesign, *, asked: str | None, flagged: str | None) -> str | None:
    """The site whose changes are sampled; ``None`` for all.

    Parameters
    ----------
    design : SamplingDesign
        With sites as strata all sites are one population.
    asked : str, optional
        Site that the user names; it wins.
    flagged : str, optional
        Site that a signal points at.
    """
    if design.design == "stratified" and design.strata == "site":
        return asked
    return asked or flagged


def change_strata(changes: pd.DataFrame, design: SamplingDesign) -> pd.DataFrame:
    """The changes with the column of their strata, ``site`` or ``kind`` (emergency, normal; missing if not told)."""
    if design.strata == "site":
        return changes
    kind = emergency_changes(changes).map({True: "emergency", False: "normal"}, na_action="ignore")
    return changes.assign(kind=kind.astype("str"))


def strata_column(design: SamplingDesign) -> str:
    """The column that `change_strata` gives."""
    return SITE if design.strata == "site" else KIND
