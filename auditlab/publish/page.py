"""The page of a notebook: the only way notebooks show something, and write it to ``tables/``.

The same calls serve a run, where the renderer builds the page from them, and a live JupyterLab,
which shows the HTML and draws the figures itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from auditlab.engagement import Engagement
from auditlab.publish.blocks import (
    ClientPagesBlock,
    FactsBlock,
    FigureText,
    FilterBlock,
    Notice,
    Paragraph,
    TableBlock,
    UnknownBlock,
)
from auditlab.publish.files import folder_name, reports_root, table_csv, write_file
from auditlab.publish.readiness import without_rows
from auditlab.publish.run_line import run_line
from auditlab.publish.templating import block_html
from auditlab.seeds import NO_SECRET_SEED, engagement_seed, is_secret
from auditlab.settings import Party

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from auditlab.figures.service_trends import Panel
    from auditlab.portfolio.dossiers import Dossiers
    from auditlab.reporting import FollowedPlan
    from auditlab.sampling import WorksheetResults

MIME = "application/vnd.auditlab.v1+json"
"""Outputs with this type belong on the page; every other output is shown as plain text."""

PLOTLY_MIME = "application/vnd.plotly.v1+json"

TEAM_TABLES = frozenset({"record_list", "sample_replacements", "trace_cards"})
"""Tables with single records to be examined; the index marks them."""

OPEN_TABLES = frozenset({"sampling_notice"})
"""Tables of pages for the audit team that the audited organisation may see all the same."""

_RUN = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]+")
_NAME = re.compile(r"[a-z][a-z0-9_]*")

FACT_COLUMNS = ("order", "sentence", "value", "n", "low", "high", "table")


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
class Page:
    """What a notebook shows, block by block.

    Attributes
    ----------
    lab : Engagement
        The engagement the page is about.
    notebook : str
        Name of the notebook.
    folder : Path
        ``tables/`` below it receives every table shown.
    """

    lab: Engagement
    notebook: str
    folder: Path

    def show(
        self,
        frame: pd.DataFrame,
        *,
        name: str,
        caption: str,
        columns: Mapping[str, str] | None = None,
        rows: int | None = None,
        note: str | None = None,
        shown: pd.DataFrame | None = None,
    ) -> None:
        """Show `frame` as a table and write all of it to ``tables/<name>.csv``.

        Parameters
        ----------
        frame : DataFrame
            The table.
        name : str
            Name of the file: small letters, digits and underscores.
        caption : str
            What the table shows, with unit and definition where the columns do not say it.
        columns : mapping, optional
            Columns to show, with their labels; a label ending in ``[%]`` shows shares as percentages.
        rows : int, optional
            Rows to show on the page at most; the file has all of them.
        note : str, optional
            A remark below the table.
        shown : DataFrame, optional
            The rows of `frame` for the page, where they are a choice; the page says so.

        Raises
        ------
        ValueError
            If `name` cannot be the name of a table.
        KeyError
            If `columns` names a column that `frame` has not.
        """
        block = TableBlock.of(
            frame, name=_checked(name), caption=caption, labels=columns, rows=rows, note=note, shown=shown
        )
        self._write(frame, name)
        _display("table", {"name": name, "caption": caption, "rows": len(frame)}, block_html("table", block))

    def figure(self, fig: Figure, *, name: str, caption: str, data: pd.DataFrame, rows: int = 200) -> None:
        """Show the chart `fig`, and `data`, the figures behind it, as a table that unfolds.

        Parameters
        ----------
        fig : Figure
            A plotly figure.
        name : str
            Name of the chart and of ``tables/<name>.csv``.
        caption : str
            Title, unit, n and definition; how to read it.
        data : DataFrame
            What is drawn.
        rows : int
            Rows of it on the page at most; the file has all of them.

        Raises
        ------
        ValueError
            If `name` cannot be the name of a table.
        """
        table = TableBlock.of(data, name=_checked(name), caption=f"Figures behind: {caption}", rows=rows)
        self._write(data, name)
        _display_figure(fig, {"name": name, "caption": caption})
        facts = {"name": name, "caption": caption, "rows": len(data)}
        _display("figure_text", facts, block_html("figure_text", FigureText(caption=caption, data=table)))

    def panels(self, panels: Sequence[Panel], *, name: str, data: pd.DataFrame) -> None:
        """Show small charts one below the other, each with its definition and its own figures.

        Parameters
        ----------
        panels : sequence of Panel
            The charts; their facets let the filters of the page hide them.
        name : str
            Name of ``tables/<name>.csv``, which holds the figures of all of them.
        data : DataFrame
            The figures of all of them.

        Raises
        ------
        ValueError
            If `name` cannot be the name of a table.
        """
        self._write(data, _checked(name))
        for place, panel in enumerate(panels, start=1):
            own = f"{name}_{place}"
            title = f"Figures behind: {panel.title}"
            table = TableBlock.of(panel.data, name=own, caption=title, labels=panel.labels or None, file=name)
            said = {"name": own, "caption": panel.caption, "title": panel.title, "facets": panel.facets}
            _display_figure(panel.figure, said)
            text = FigureText(caption=panel.caption, data=table, facets=panel.facets)
            facts = {"name": name, "caption": panel.caption, "rows": len(panel.data)}
            _display("figure_text", facts, block_html("figure_text", text))

    def filters(self, *frames: pd.DataFrame, columns: Sequence[str]) -> None:
        """Let the reader narrow tables and panels of the page to one value of each of `columns`.

        Parameters
        ----------
        *frames : DataFrame
            Where the values come from.
        columns : sequence of str
            Columns to filter by; those without a value are left out.
        """
        values = {
            column: sorted({str(value) for frame in frames if column in frame for value in frame[column].dropna()})
            for column in columns
        }
        block = FilterBlock(choices={column: found for column, found in values.items() if found})
        _display("filters", {"choices": block.choices}, block_html("filters", block))

    def client_pages(self, dossiers: Dossiers) -> None:
        """Name the clients of a portfolio that have a page of their own, and write what those pages hold.

        Parameters
        ----------
        dossiers : Dossiers
            Result of ``portfolio.client_dossiers``; the run makes the pages from it.
        """
        for name in ("pages", "facts", "audits", "clauses"):
            self._write(getattr(dossiers, name), f"client_{name}")
        block = ClientPagesBlock(rows=dossiers.pages.fillna("").to_dict("records"))
        facts = {"name": "client_pages", "rows": len(block.rows)}
        _display("client_pages", facts, block_html("client_pages", block))

    def facts(self, headlines: pd.DataFrame, *, name: str = "headlines") -> None:
        """Show the answer first: sentences with their n and interval, each pointing to its table.

        Parameters
        ----------
        headlines : DataFrame
            ``order, sentence, value, n, low, high, table``; where there is a column ``spark``, the months of a series
            as text, a small line stands beside the sentence.
        name : str
            Name of the file in ``tables/``.

        Raises
        ------
        KeyError
            If one of these columns is missing.
        """
        absent = [column for column in FACT_COLUMNS if column not in headlines]
        if absent:
            raise KeyError(f"Headlines need the columns {', '.join(FACT_COLUMNS)}; missing: {', '.join(absent)}.")
        block = FactsBlock.of(headlines.sort_values("order"), name=_checked(name))
        self._write(headlines, name)
        said = [{"sentence": fact.sentence, "basis": fact.basis, "table": fact.table} for fact in block.facts]
        _display("facts", {"name": name, "facts": said, "rows": len(headlines)}, block_html("facts", block))

    def team_table(self, frame: pd.DataFrame, *, name: str) -> None:
        """Write `frame` to ``tables/<name>.csv`` for the audit team and show none of its rows.

        The index marks the file; its name must be one of `TEAM_TABLES`.

        Raises
        ------
        ValueError
            If it is not.
        """
        if name not in TEAM_TABLES:
            raise ValueError(
                f"'{name}' is no table for the audit team only. Such are: {', '.join(sorted(TEAM_TABLES))}."
            )
        self._write(frame, name)

    @property
    def run(self) -> str:
        """Name of the run the page belongs to; empty in a draft."""
        found = _RUN.search(self.folder.name)
        return found[0] if found else ""

    def say(self, text: str) -> None:
        """Show a paragraph."""
        _display("paragraph", {"text": text}, block_html("paragraph", Paragraph(text=text)))

    def tell_if_predictable(self) -> None:
        """Say that anybody could know what this page drew, where the engagement has no secret seed."""
        if not is_secret(engagement_seed(self.lab.settings.seed)):
            self.unknown(**NO_SECRET_SEED)

    def unknown(self, what: str, *, why: str, mend: str = "") -> None:
        """Show what cannot be known, why, and what would mend it."""
        block = UnknownBlock(what=what, why=why, mend=mend)
        _display("unknown", {"what": what, "why": why, "mend": mend}, block_html("unknown", block))

    def not_handed_over(self, *tables: str) -> None:
        """Say for each of `tables` without a row what cannot be known without it.

        Raises
        ------
        KeyError
            If a table is none of those that ``without_table.csv`` explains.
        """
        for table in tables:
            what, mend = _without_table()[table]
            if not self.lab.has(table):
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

    @property
    def run_line(self) -> str:
        """Run and inputs that every table of a report names."""
        return run_line(self.lab, run_id=self.run)

    def third_party_notice(self, section: str) -> bool:
        """In a third-party audit, say that `section` is left out; whether it is."""
        if self.lab.settings.party != Party.THIRD:
            return False
        _display("notice", {"section": section}, block_html("notice", Notice(section=section)))
        return True

    def _write(self, frame: pd.DataFrame, name: str) -> None:
        write_file(self.folder / "tables" / f"{name}.csv", table_csv(frame))


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"'{name}' cannot be the name of a table: use small letters, digits and underscores.")
    return name


@cache
def _without_table() -> dict[str, tuple[str, str]]:
    with resources.files(__package__).joinpath("without_table.csv").open(encoding="utf-8") as source:
        rows = pd.read_csv(source, dtype="str", keep_default_na=False)
    return {row["table"]: (row["what"], row["mend"]) for row in rows.to_dict("records")}


def _display(kind: str, facts: Mapping[str, Any], html: str) -> None:  # Any: JSON
    from IPython.display import display  # noqa: PLC0415  # only where a notebook runs

    bundle = {MIME: {"kind": kind, **facts}, "text/html": html, "text/plain": f"[{kind}]"}
    display(bundle, raw=True)  # type: ignore[no-untyped-call]


def _display_figure(fig: Figure, facts: Mapping[str, Any]) -> None:  # Any: JSON
    from IPython.display import display  # noqa: PLC0415  # only where a notebook runs

    # One description for both: JupyterLab draws this type itself, the renderer takes it for the page.
    bundle = {
        MIME: {"kind": "figure", **facts},
        PLOTLY_MIME: _plain_json(fig),
        "text/plain": f"[chart {facts['name']}]",
    }
    display(bundle, raw=True)  # type: ignore[no-untyped-call]


def _plain_json(fig: Figure) -> dict[str, Any]:  # Any: JSON
    return dict(json.loads(fig.to_json()))
