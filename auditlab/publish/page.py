"""The page of a notebook about one engagement: the only way notebooks show something."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from auditlab.engagement import Engagement
from auditlab.publish.blocks import Notice
from auditlab.publish.files import folder_name, reports_root
from auditlab.publish.page_blocks import PageBlocks, display_block
from auditlab.publish.readiness import without_rows
from auditlab.publish.run_line import run_line
from auditlab.publish.templating import block_html
from auditlab.seeds import NO_SECRET_SEED, engagement_seed, is_secret
from auditlab.settings import Party

if TYPE_CHECKING:
    from auditlab.reporting import FollowedPlan
    from auditlab.sampling import WorksheetResults

_REGISTERS = frozenset({"findings", "corrective_actions"})
"""Tables that a client without a record hands over empty; an export without a row is asked for again."""
_RUN = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]+")


def open_page(lab: Engagement, notebook: str, *, output_dir: str | Path | None = None) -> Page:
    """The page of `notebook` about the engagement `lab`.

    Parameters
    ----------
    lab : Engagement
        The engagement.
    notebook : str
        Name of the notebook.
    output_dir : str or Path, optional
        Where ``tables/`` are written; default ``reports/<engagement>/draft`` of the current project.
    """
    default = reports_root() / folder_name(lab.settings.name) / "draft"
    return Page(lab=lab, notebook=notebook, folder=Path(output_dir) if output_dir else default)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(PageBlocks):
    """A page that knows its engagement: what was not handed over, what people filled in, who audits.

    Attributes
    ----------
    lab : Engagement
        The engagement the page is about.
    """

    lab: Engagement

    @property
    def run(self) -> str:
        """Name of the run the page belongs to; empty in a draft."""
        found = _RUN.search(self.folder.name)
        return found[0] if found else ""

    @property
    def run_line(self) -> str:
        """Run and inputs that every table of a report names."""
        return run_line(self.lab, run_id=self.run)

    def tell_if_predictable(self) -> None:
        """Say that anybody could know what this page drew, where the engagement has no secret seed."""
        if not is_secret(engagement_seed(self.lab.settings.seed)):
            self.unknown(**NO_SECRET_SEED)

    def not_handed_over(self, *tables: str) -> None:
        """Say for each of `tables` without a row what cannot be known without it.

        A register that was handed over without a record says that there is none: that is told, and nothing is unknown.

        Raises
        ------
        KeyError
            If a table is none of those that ``without_table.csv`` explains.
        """
        for table in tables:
            what, mend = _without_table()[table]
            if table in _REGISTERS and self.lab.known_empty(table):
                self.say(f"The table '{table.replace('_', ' ')}' was handed over and holds no record: there is none.")
            elif not self.lab.has(table):
                self.unknown(what, why=without_rows(self.lab, table), mend=mend)

    def worksheets(self, path: str | Path | None, *, run: str | Path | None = None) -> WorksheetResults:
        """What filled-in sampling worksheets say; without a file, that nothing is known of the samples yet.

        Parameters
        ----------
        path : str or Path, optional
            The workbook.
        run : str or Path, optional
            Folder of the run that drew the list, where the workbook no longer lies in it.

        Raises
        ------
        EngagementError
            If the workbook cannot be read.
        ArgumentError
            If it is not the list that was sealed.
        """
        from auditlab.publish.worksheets import evaluated_file  # noqa: PLC0415  # few pages need it

        if path is None:
            mend = "Fill in workpapers/sampling.xlsx and run again with -p worksheet PATH."
            self.unknown("What the samples showed", why="No filled-in worksheet was given.", mend=mend)
        results = evaluated_file(path, run=run, seed=self.lab.settings.seed)
        # The reasons were written by hand, after the engagement was opened.
        return replace(results, replacements=self.lab.pseudonyms.frame(results.replacements, columns=["reason"]))

    def used_time(self, path: str | Path | None) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Planned and used minutes of filled-in checklists; without a file, that nothing is known of them yet.

        Parameters and errors as `used_time.planned_and_used`.
        """
        from auditlab.publish.used_time import planned_and_used  # noqa: PLC0415  # few pages need it

        if path is None:
            mend = "Fill in 'Minutes used' in workpapers/checklists.xlsx and run again with -p checklists PATH."
            self.unknown("How much of the planned time was used", why="No filled-in checklist was given.", mend=mend)
        return planned_and_used(path)

    def earlier_plan(self, run: str | Path | None) -> tuple[pd.DataFrame, pd.Timestamp]:
        """The plan of time of an earlier run and its day; without one, that nothing can be compared.

        Parameters
        ----------
        run : str or Path, optional
            Folder of the run that the audit followed.

        Raises
        ------
        EngagementError
            If the folder holds no such plan.
        """
        from auditlab.publish.earlier_plan import earlier_plan, no_plan  # noqa: PLC0415  # few pages need it

        if run is None:
            mend = "After the audit, run again with -p planned_in FOLDER, the run of priority_plan that it followed."
            self.unknown("Whether the order found more than chance", why="No earlier plan was given.", mend=mend)
            return no_plan()
        return earlier_plan(run)

    def followed_plan(self, run: str | Path | None) -> FollowedPlan:
        """The plan that an audit followed; without one, that nothing can be compared with it.

        Parameters
        ----------
        run : str or Path, optional
            Folder of the run of priority_plan.

        Raises
        ------
        EngagementError
            If the folder holds no such plan.
        """
        from auditlab.publish.earlier_plan import followed_plan  # noqa: PLC0415  # few pages need it

        if run is None:
            mend = "Run again with -p planned_in FOLDER, the run of priority_plan that the audit followed."
            self.unknown("What was expected, and where the plan was left", why="No earlier plan was given.", mend=mend)
        return followed_plan(run)

    def third_party_notice(self, section: str) -> bool:
        """In a third-party audit, say that `section` is left out; whether it is."""
        if self.lab.settings.party != Party.THIRD:
            return False
        display_block("notice", {"section": section}, block_html("notice", Notice(section=section)))
        return True


@cache
def _without_table() -> dict[str, tuple[str, str]]:
    with resources.files(__package__).joinpath("without_table.csv").open(encoding="utf-8") as source:
        rows = pd.read_csv(source, dtype="str", keep_default_na=False)
    return {row["table"]: (row["what"], row["mend"]) for row in rows.to_dict("records")}
