"""Blocks of a page: each is displayed, and its table written to ``tables/``.

The same calls serve a run, where the renderer builds the page from them, and a live JupyterLab,
which shows the HTML and draws the figures itself.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from auditlab.publish.blocks import (
    ClientPagesBlock,
    FactsBlock,
    FigureText,
    FilterBlock,
    Paragraph,
    TableBlock,
    UnknownBlock,
)
from auditlab.publish.files import table_csv, write_file
from auditlab.publish.templating import block_html

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

    from auditlab.figures.service_trends import Panel
    from auditlab.portfolio.dossiers import Dossiers

MIME = "application/vnd.auditlab.v1+json"
"""Outputs with this type belong on the page; every other output is shown as plain text."""

PLOTLY_MIME = "application/vnd.plotly.v1+json"

TEAM_TABLES = frozenset({"record_list", "sample_replacements", "trace_cards"})
"""Tables with single records to be examined; the index marks them."""

OPEN_TABLES = frozenset({"sampling_notice"})
"""Tables of pages for the audit team that the audited organisation may see all the same."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")

FACT_COLUMNS = ("order", "sentence", "value", "n", "low", "high", "table")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageBlocks:
    """What any page can show, block by block.

    Attributes
    ----------
    notebook : str
        Name of the notebook.
    folder : Path
        ``tables/`` below it receives every table shown.
    reasons : dict
        Why a table has no rows, or a chart nothing to draw, by its name; see `explain`.
    filtered : list of str
        Columns that the reader filters by; see `filters`.
    """

    notebook: str
    folder: Path
    reasons: dict[str, str] = field(default_factory=dict, init=False)
    filtered: list[str] = field(default_factory=list, init=False)

    def explain(self, reasons: Mapping[str, str]) -> None:
        """Say beforehand why tables have no rows, or charts nothing to draw, by their name; empty where they have."""
        self.reasons.update(reasons)

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
        """Show `frame` as a table and write all of it to ``tables/<name>.csv``; without rows, with its reason.

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
            frame, name=_checked(name), caption=caption, labels=columns, rows=rows, note=note, shown=shown,
            empty=self.reasons.get(name, ""), filters=self.filtered,
        )  # fmt: skip
        self._write(frame, name)
        display_block("table", {"name": name, "caption": caption, "rows": len(frame)}, block_html("table", block))

    def figure(self, fig: Figure, *, name: str, caption: str, data: pd.DataFrame, rows: int = 200) -> None:
        """Show the chart `fig`, and `data`, the figures behind it, as a table that unfolds.

        Where `reasons` says why there is nothing to draw, the reason and the table stand in the place of the chart.

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
        if empty := self.reasons.get(name, ""):
            self.unknown(
                f"{caption.partition('. ')[0].rstrip('.')}: no chart.", why=empty[:1].upper() + empty[1:] + "."
            )
            self.show(data, name=name, caption=f"Figures behind: {caption}", rows=rows)
            return
        table = TableBlock.of(data, name=_checked(name), caption=f"Figures behind: {caption}", rows=rows)
        self._write(data, name)
        _display_figure(fig, {"name": name, "caption": caption})
        facts = {"name": name, "caption": caption, "rows": len(data)}
        display_block("figure_text", facts, block_html("figure_text", FigureText(caption=caption, data=table)))

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
            display_block("figure_text", facts, block_html("figure_text", text))

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
        self.filtered[:] = block.choices
        display_block("filters", {"choices": block.choices}, block_html("filters", block))

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
        display_block("client_pages", facts, block_html("client_pages", block))

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
        display_block("facts", {"name": name, "facts": said, "rows": len(headlines)}, block_html("facts", block))

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

    def say(self, text: str) -> None:
        """Show a paragraph."""
        display_block("paragraph", {"text": text}, block_html("paragraph", Paragraph(text=text)))

    def unknown(self, what: str, *, why: str, mend: str = "") -> None:
        """Show what cannot be known, why, and what would mend it."""
        block = UnknownBlock(what=what, why=why, mend=mend)
        display_block("unknown", {"what": what, "why": why, "mend": mend}, block_html("unknown", block))

    def _write(self, frame: pd.DataFrame, name: str) -> None:
        write_file(self.folder / "tables" / f"{name}.csv", table_csv(frame))


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"'{name}' cannot be the name of a table: use small letters, digits and underscores.")
    return name


def display_block(kind: str, facts: Mapping[str, Any], html: str) -> None:  # Any: JSON
    """Display one block: its facts for the renderer, its HTML for JupyterLab."""
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
