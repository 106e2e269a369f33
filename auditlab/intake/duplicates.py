"""Rows that carry the same key: counted once, kept apart, or set aside with a question."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

import pandas as pd

from auditlab.intake.ledger import Action, Place, place_of, shown
from auditlab.intake.loading import Intake
from auditlab.intake.record_keys import KEYS, record_key
from auditlab.tables import SOURCE_COLUMNS

# Registers kept by hand: two rows that look the same may still be two findings, so a person confirms.
CONFIRMED_BY_PERSON = frozenset({"findings", "corrective_actions"})
TICKET_IDENTITY = ("opened", "service", "site")
SAME, DIFFERENT = "same", "different"
Record = Mapping[Hashable, Any]
"""A row of a canonical frame with ``None`` where a value is missing; Any: a cell of a frame."""


def settle_duplicates(table: str, frame: pd.DataFrame, *, intake: Intake) -> pd.DataFrame:
    """`frame` with one row per key; what was set aside is in the ledger.

    Incident numbers are only unique within one tool. The same number in the exports of two tools
    is one ticket when it was opened at the same time for the same service and site (it was
    migrated), and two tickets otherwise; then both stay, told apart by ``source_system``.
    """
    if table == "incidents":
        frame = frame.assign(source_system=frame["source_system"].fillna(_tool(frame)))
    if frame.empty:
        return frame
    # A table without a key of its own: rows equal in every column are one record.
    content = [column for column in frame.columns if column not in SOURCE_COLUMNS]
    key = list(record_key(table, frame) or content)
    # The sort by place makes "first" independent of the order in which files were read.
    repeated = frame[frame.duplicated(key, keep=False)].sort_values(list(SOURCE_COLUMNS), kind="stable")
    plain = repeated.astype("object").where(repeated.notna(), None)
    dropped = []
    for _, group in repeated.groupby(key, sort=False, dropna=False):
        records = list(zip(group.index, plain.loc[group.index].to_dict("records"), strict=True))
        kept = [records[0][1]]
        for index, record in records[1:]:
            if _stays(table, record, kept, intake=intake):
                kept.append(record)
            else:
                dropped.append(index)
    rest = frame.drop(index=dropped).reset_index(drop=True) if dropped else frame.reset_index(drop=True)
    _count_again(table, rest, frame.loc[dropped], intake=intake)
    return rest


def _count_again(table: str, rest: pd.DataFrame, dropped: pd.DataFrame, *, intake: Intake) -> None:
    """Rows of which one part repeats another row while another part counts: they are loaded, and the part is named."""
    counted = {place_of(record) for record in rest.to_dict("records")} if len(dropped) else set()
    for record in dropped.to_dict("records"):
        place = place_of(record)
        if place in counted:
            part = " ".join(_named(record, table))
            rule = "one of several entries of the row; it stands in another row already and is counted once"
            intake.ledger.row(place, table=table, action=Action.LOADED)
            intake.ledger.cell(place, table=table, field="(row)", action=Action.FLAGGED, rule=rule, old=part)


def _tool(frame: pd.DataFrame) -> pd.Series:
    return frame["source_file"].map({name: PurePosixPath(name).stem for name in frame["source_file"].unique()})


def _stays(table: str, record: Record, kept: Sequence[Record], *, intake: Intake) -> bool:
    """Whether a record stays beside the `kept` records of the same key; if not, the ledger says why."""
    place = place_of(record)
    if table == "incidents":
        return _ticket_stays(record, kept, place, intake=intake)
    first = kept[0]
    same = _same(record, first, [column for column in record if column not in SOURCE_COLUMNS])
    where = f"row {first['source_row']} of sheet '{first['source_sheet']}' in {first['source_file']}"
    asked = table in CONFIRMED_BY_PERSON or not same
    answer = _answer(table, record, place, where, same=same, intake=intake) if asked else SAME
    if answer == SAME or (same and not answer):
        rule = f"repeats {where}" + ("" if answer else "; a person should confirm")
        intake.ledger.row(place, table=table, action=Action.DUPLICATE, rule=rule)
    else:
        rule = f"carries the key of {where} with other content; give it a key of its own"
        intake.ledger.row(place, table=table, action=Action.REJECTED, rule=rule)
    return False


def _answer(table: str, record: Record, place: Place, where: str, *, same: bool, intake: Intake) -> str:
    identity = "/".join(_named(record, table))
    key = f"duplicate/{place.file}/{place.sheet}/{identity}"
    content = "the same content" if same else "other content"
    return intake.questions.decided(
        key,
        place,
        field=KEYS[table][0],
        asks=f"'{identity}' stands a second time, with {content}; first in {where}. Same record or different?",
        proposal=SAME if same else DIFFERENT,
        answers=intake.settings.answers,
        group=f"duplicate/{place.file}/{place.sheet}/{'with the same content' if same else 'with other content'}",
    )


def _named(record: Record, table: str) -> list[str]:
    """The parts of the key of a record that are known, in words."""
    known = [record[column] for column in KEYS.get(table, ()) if pd.notna(record[column])]
    return [f"{part:%Y-%m-%d}" if isinstance(part, pd.Timestamp) else shown(part) for part in known]


def _ticket_stays(record: Record, kept: Sequence[Record], place: Place, *, intake: Intake) -> bool:
    for other in kept:
        if _same(record, other, list(TICKET_IDENTITY)):
            rule = f"the ticket stands already in {other['source_file']}, row {other['source_row']}; counted once"
            intake.ledger.row(place, table="incidents", action=Action.DUPLICATE, rule=rule)
            return False
        if record["source_system"] == other["source_system"]:
            rule = f"'{record['incident_id']}' stands already in row {other['source_row']} with other content"
            intake.ledger.row(place, table="incidents", action=Action.REJECTED, rule=rule)
            return False
    intake.ledger.cell(
        place,
        table="incidents",
        field="incident_id",
        action=Action.FLAGGED,
        old=record["incident_id"],
        new=f"{record['incident_id']} ({record['source_system']})",
        rule="two tools gave this number to different tickets; kept apart by source system",
    )
    return True


def _same(row: Record, other: Record, columns: Sequence[Hashable]) -> bool:
    """Whether two rows agree in every column; two missing values agree."""
    return all(row[column] == other[column] for column in columns)
