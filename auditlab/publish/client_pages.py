"""A page for each client of a portfolio that stands out, is at risk or was asked for, from the tables of a run."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path

import pandas as pd

from auditlab.publish.blocks import TableBlock
from auditlab.publish.files import write_file
from auditlab.publish.render import Frame, client_page
from auditlab.publish.templating import block_html

PAGES = "client_pages"

_TABLES = (
    ("client_audits", "Audits, the latest first"),
    ("client_clauses", "Nonconformities by site and clause of the 2018 edition"),
    ("programme_breaches", "Rules of the programme that were not kept"),
    ("portfolio_overdue_actions", "Actions past the date first agreed"),
)
_DAYS = frozenset({"start", "decision_date", "first", "latest", "due", "actual", "due_current"})
_WHOLE = frozenset({
    "major", "minor", "ofi", "observation", "strength", "nonconformities", "audits", "days", "required", "found",
    "days_overdue",
})  # fmt: skip
_NUMBERS = frozenset({"auditor_days"})
_ROWS = 200


def write_client_pages(folder: Path, frame: Frame) -> tuple[str, ...]:
    """Write the pages of single clients into the run folder `folder`; the files, if the run holds any.

    Parameters
    ----------
    folder : Path
        Run folder with the tables of a portfolio.
    frame : Frame
        What all pages of the run have in common.
    """
    tables = folder / "tables"
    if not (tables / f"{PAGES}.csv").exists():
        return ()
    pages = _read(tables / f"{PAGES}.csv")
    wanted = set(pages["client"])
    # A notebook that stopped on the way wrote the first tables only: the pages then hold what is known.
    said = _of_clients(tables / "client_facts.csv", wanted)
    parts = {name: _of_clients(tables / f"{name}.csv", wanted) for name, _ in _TABLES}
    inventory = _of_clients(tables / "client_inventory.csv", wanted, whole=True)
    places = {client: rows.iloc[0].to_dict() for client, rows in inventory.items()}
    for row in pages.to_dict("records"):
        client = str(row["client"])
        facts = [("Why it has a page", row["why"]), *_facts(places.get(client, {}))]
        blocks = [
            block_html("table", TableBlock.of(own, name=name, caption=caption, rows=_ROWS))
            for name, caption in _TABLES
            if (own := parts[name].get(client)) is not None
        ]
        name = "" if pd.isna(row["name"]) else str(row["name"])
        sentences = list(said[client]["sentence"]) if client in said else []
        html = client_page(frame=frame, client=client, name=name, facts=facts, said=sentences, blocks=blocks)
        write_file(folder / str(row["page"]), html)
    return tuple(pages["page"])


def _facts(place: Mapping[Hashable, object]) -> list[tuple[str, str]]:
    """What is known of a client, in words."""
    told = (("Sector", "sector"), ("Country", "country"), ("Office", "office"), ("Edition", "edition"),
            ("Persons", "persons"), ("Audits", "audits"))  # fmt: skip
    return [(label, str(place[column])) for label, column in told if isinstance(place.get(column), str)]


def _of_clients(path: Path, wanted: set[str], *, whole: bool = False) -> Mapping[str, pd.DataFrame]:
    """The rows of `wanted` clients in a table of the run, by client; `whole` keeps every column as text."""
    if not path.exists():
        return {}
    table = _read(path)
    own = table[table["client"].isin(wanted)]
    columns = list(own.columns)
    if not whole:
        own = _typed(own)
        columns = [name for name in columns if name not in {"client", "sector", "country", "office"}]
        if path.stem != "client_audits":
            columns = [name for name in columns if name != "edition"]
    return {str(client): rows[columns] for client, rows in own.groupby("client")}


def _typed(own: pd.DataFrame) -> pd.DataFrame:
    for column in own.columns:
        if column in _DAYS:
            own = own.assign(**{column: pd.to_datetime(own[column])})
        elif column in _WHOLE | _NUMBERS:
            own = own.assign(**{column: pd.to_numeric(own[column]).astype("Int64" if column in _WHOLE else "Float64")})
    return own


def _read(path: Path) -> pd.DataFrame:
    """A table as the run wrote it: text, with nothing where nothing was known."""
    return pd.read_csv(path, dtype="str", keep_default_na=False, na_values=[""])
