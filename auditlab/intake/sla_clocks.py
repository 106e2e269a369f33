"""What the clocks of service-level agreements say of their tickets.

Some tools keep a table of clocks beside the tickets (ServiceNow: ``task_sla``), several rows a
ticket: response and resolution, agreements with customers, teams (OLA) and suppliers, clocks that
were cancelled when a priority changed. One of them answers whether the agreed resolution was kept.
"""

from __future__ import annotations

import re

import pandas as pd

from auditlab.intake.ledger import Action, Ledger, place_of

FROM_CLOCK = "taken from the clock of the service-level agreement"
CLOCK_WINS = "the clock of the service-level agreement says otherwise than the flag of the ticket"
SEVERAL = "several clocks of the ticket measure its resolution; the one started last counts"
NO_TICKET = "clocks of records that were not handed over"
FILLED = {"deadline": "clock_due", "elapsed_minutes": "clock_minutes", "paused_minutes": "clock_paused_minutes"}
"""Column of the ticket to the column of its clock that fills it where it is empty."""

_CANCELLED = re.compile(r"cancel|abgebrochen|annul", re.IGNORECASE)
_ENDED = re.compile(r"complet|achiev|breach|abgeschlossen|termin", re.IGNORECASE)
_RESPONSE = re.compile(
    r"respon[sd]|reaktion|prise en charge|respuesta|resposta|reactie|risposta|\bown\b", re.IGNORECASE
)
_RESOLUTION = re.compile(r"resol|fix|restor|l[öo]sung|oploss|risoluz", re.IGNORECASE)
_SLA = re.compile(r"sla|service.level.agreement", re.IGNORECASE)


def resolution_clocks(clocks: pd.DataFrame) -> pd.DataFrame:
    """The clock of every record that measures its resolution for the customer.

    Parameters
    ----------
    clocks : DataFrame
        Canonical clocks, several a record.

    Returns
    -------
    DataFrame
        Clocks with one row a record, in the order of the records, and ``several`` (whether others
        would have done). Cancelled clocks, clocks of a response, and those of an agreement that is
        no SLA are left out; a clock that says to measure the resolution goes before one that says
        nothing, then the one started last.
    """
    words = clocks["measures"].fillna(clocks["definition"])
    response = words.str.contains(_RESPONSE) & ~words.str.contains(_RESOLUTION)
    foreign = clocks["agreement"].notna() & ~clocks["agreement"].fillna("").str.contains(_SLA)
    usable = clocks[~(clocks["stage"].fillna("").str.contains(_CANCELLED) | response | foreign)]
    said = words[usable.index].str.contains(_RESOLUTION)
    ordered = usable.assign(_said=said).sort_values(
        ["record_id", "_said", "clock_start", "source_row"], kind="stable", na_position="first"
    )
    several = ordered.groupby(["record_id", "_said"])["record_id"].transform("size") > 1
    last = ordered.assign(several=several).drop_duplicates("record_id", keep="last")
    return last.drop(columns="_said").reset_index(drop=True)


def settle_clocks(tables: dict[str, pd.DataFrame], *, ledger: Ledger) -> dict[str, pd.DataFrame]:
    """`tables` with what the clocks say put beside their incidents and requests.

    Parameters
    ----------
    tables : dict of str to DataFrame
        Canonical tables.
    ledger : Ledger
        Is told of every value that came from a clock, of flags that a clock contradicts, and of
        clocks without a ticket.

    Returns
    -------
    dict
        ``sla_met`` is what the clock says, also against a flag of the ticket, which older tools
        keep beside it; the moment of the breach, the minutes used and the minutes paused fill
        empty cells.
    """
    clocks = tables["sla_clocks"]
    if clocks.empty:
        return tables
    chosen = resolution_clocks(clocks).set_index("record_id")
    settled = {
        name: _with_clocks(name, tables[name], key, chosen, ledger=ledger)
        for name, key in (("incidents", "incident_id"), ("requests", "request_id"))
    }
    known = pd.concat([settled["incidents"]["incident_id"], settled["requests"]["request_id"]])
    for (file, sheet), rows in clocks[~clocks["record_id"].isin(known)].groupby(["source_file", "source_sheet"]):
        ledger.note(str(file), str(sheet), f"{len(rows)} {NO_TICKET}", table="sla_clocks")
    return tables | settled


def _with_clocks(name: str, frame: pd.DataFrame, key: str, clocks: pd.DataFrame, *, ledger: Ledger) -> pd.DataFrame:
    own = clocks.reindex(frame[key]).set_axis(frame.index)
    filled = {"sla_met": _flags(name, frame, own, ledger=ledger)}
    for column, source in FILLED.items():
        if column in frame:
            empty = frame[column].isna() & own[source].notna()
            filled[column] = frame[column].mask(empty, own[source])
            _tell(name, frame[empty], column, filled[column], rule=FROM_CLOCK, ledger=ledger)
    several = own["several"].eq(other=True).fillna(value=False).astype("bool")
    for record in frame[several].to_dict("records"):
        ledger.cell(place_of(record), table=name, field="sla_met", action=Action.FLAGGED, rule=SEVERAL, old=record[key])
    return frame.assign(**filled)


def _flags(name: str, frame: pd.DataFrame, own: pd.DataFrame, *, ledger: Ledger) -> pd.Series:
    said = (~own["breached"].astype("boolean")).mask(
        _running(own) & ~own["breached"].eq(other=True).fillna(value=False)
    )
    met = said.fillna(frame["sla_met"])
    differs = (said != frame["sla_met"]).fillna(value=False).astype("bool")
    _tell(name, frame[frame["sla_met"].isna() & said.notna()], "sla_met", met, rule=FROM_CLOCK, ledger=ledger)
    _tell(name, frame[differs], "sla_met", met, rule=CLOCK_WINS, ledger=ledger)
    return met


def _running(clocks: pd.DataFrame) -> pd.Series:
    """Clocks that may still miss their target; where the export holds no stop at all, the stage says it."""
    if clocks["clock_stop"].notna().any():
        return clocks["clock_stop"].isna()
    return ~clocks["stage"].fillna("").str.contains(_ENDED)


def _tell(name: str, frame: pd.DataFrame, column: str, values: pd.Series, *, rule: str, ledger: Ledger) -> None:
    for index, record in zip(frame.index, frame.to_dict("records"), strict=True):
        old = None if pd.isna(record[column]) else record[column]
        ledger.cell(
            place_of(record), table=name, field=column, action=Action.REPAIRED, rule=rule, old=old, new=values[index]
        )
