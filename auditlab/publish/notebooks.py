"""Where the notebooks are, and what they are called."""

from __future__ import annotations

from pathlib import Path

from rapidfuzz import process

from auditlab.errors import ParameterError

ORDER = (
    "data_readiness",
    "history_review",
    "service_trends",
    "recurring_nonconformities",
    "priority_plan",
    "sampling_plan",
    "audit_plan",
    "sample_evaluation",
    "audit_report",
)
"""The order in which a reader needs the pages; notebooks not named here follow by name."""

PORTFOLIO = "portfolio_review"
"""The notebook about many clients; a run of one engagement leaves it out."""

DRAFTS = frozenset({"audit_report"})
"""Pages that the team works on after fieldwork: they hide nothing drawn, and are not yet signed."""

TEAM_ONLY = frozenset({"priority_plan", "sampling_plan", "audit_plan", "sample_evaluation", "audit_report"})
"""Pages that show whom or what the audit will look at: for the audit team alone until it is over."""


def notebook_folder() -> Path:
    """The folder of the notebooks: inside an installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / "notebooks"
    return installed if installed.is_dir() else package.parent / "notebooks"


def notebook_names(folder: Path | None = None) -> tuple[str, ...]:
    """Names of all notebooks in `folder` about one engagement, in reading order."""
    found = {path.stem for path in (folder or notebook_folder()).glob("*.ipynb")} - {PORTFOLIO}
    return (*(name for name in ORDER if name in found), *sorted(found.difference(ORDER)))


def chosen_notebooks(names: tuple[str, ...] | None, *, folder: Path | None = None) -> dict[str, Path]:
    """The files of the notebooks called `names` (all of them without names), in reading order.

    Raises
    ------
    ParameterError
        If there is no notebook of a name, or none at all.
    """
    folder = folder or notebook_folder()
    known = notebook_names(folder)
    if not known:
        raise ParameterError(f"There are no notebooks in {folder}. Install auditlab again.")
    for name in names or ():
        if name not in known:
            nearest = process.extractOne(name, known, score_cutoff=60)
            hint = f" Did you mean '{nearest[0]}'?" if nearest else ""
            raise ParameterError(f"There is no notebook '{name}'. There are: {', '.join(known)}.{hint}")
    return {name: folder / f"{name}.ipynb" for name in known if not names or name in names}
