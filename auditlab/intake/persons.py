"""The persons of an engagement: who stands in columns of persons and in the settings, and what stands for them.

Names are replaced where an engagement is opened, before anything is worked out from it. So no page,
table, workbook or document can forget to do it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, TypeVar

import pandas as pd
from pydantic import BaseModel

from auditlab.engagement import Engagement
from auditlab.pseudonyms import Pseudonyms, pseudonyms_of
from auditlab.seeds import is_secret, keyed_hash
from auditlab.setting_types import PERSON
from auditlab.settings import Settings
from auditlab.tables import SOURCE_COLUMNS, Kind, Tables, table_specs

_LISTS = frozenset({("audits", "team")})
"""Columns in which a comma divides persons."""

_NAMES_OF_THINGS = frozenset({"name", "aliases"})
"""Texts of the lists of sites, services, suppliers and clients by which other tables name them."""

_THINGS = {"sites": Kind.SITE, "services": Kind.SERVICE, "suppliers": Kind.SUPPLIER, "clients": Kind.CLIENT}
"""Lists of what is no person, and the kind of column in which other tables name it."""

_SECTIONS = ("plan", "report")
"""Sections of the settings in which people write about people."""

_KEY_DIGITS = 32
_Model = TypeVar("_Model", bound=BaseModel)


def pseudonymised(lab: Engagement) -> Engagement:
    """`lab` with pseudonyms in place of persons, where its settings ask for them.

    Columns of persons hold the pseudonym alone. Names known from them are replaced in all other texts too: of the
    tables, of the sections ``plan`` and ``report`` of the settings and of the account of intake. A name that stands
    only in a text is not known, and stays.
    """
    if not lab.settings.pseudonymised:
        return lab
    found, _ = _pseudonyms(lab)
    if not found.by_identity:
        return lab
    return replace(
        lab,
        settings=settings_with(found, lab.settings),
        tables=Tables({name: _table_with(found, name, lab.tables[name]) for name in lab.tables if lab.has(name)}),
        ledger=found.frame(lab.ledger, columns=["rule", "old", "new"]),
        summary=found.frame(lab.summary, columns=["note"]),
        columns=found.frame(lab.columns, columns=["header"] if "header" in lab.columns else []),
        questions=_all_but_places(found, lab.questions),
        discrepancies=_all_but_places(found, lab.discrepancies),
        pseudonyms=found,
    )


def persons_listed(lab: Engagement) -> pd.DataFrame:
    """The list of codes for the owner of an engagement that was opened with names.

    Returns
    -------
    DataFrame
        ``pseudonym, name, stands_in`` (tables and settings), by name.
    """
    made, listed = _pseudonyms(lab)
    where: dict[str, dict[str, None]] = {}
    for place, cell, commas in _cells(lab):
        for pseudonym in made.persons(cell, commas=commas):
            where.setdefault(pseudonym, {})[place] = None
    rows = [(pseudonym, name, ", ".join(where[pseudonym])) for pseudonym, name in listed.items()]
    frame = pd.DataFrame(rows, columns=["pseudonym", "name", "stands_in"], dtype="str")
    return frame.sort_values("name", key=lambda names: names.str.casefold(), ignore_index=True)


def _pseudonyms(lab: Engagement) -> tuple[Pseudonyms, dict[str, str]]:
    cells = ((cell, commas) for _, cell, commas in _cells(lab))
    return pseudonyms_of(cells, key=_key(lab.settings), keep=lab.settings.persons.keep, things=_things(lab))


def _key(settings: Settings) -> str | None:
    """The key of the pseudonyms, which is the secret seed where none is set; none without either."""
    key = settings.persons.key
    if key is None and settings.seed is not None and is_secret(settings.seed):
        key = keyed_hash(settings.seed, message="persons")[:_KEY_DIGITS]
    return key


def persons_key(settings: Settings) -> list[object]:
    """What decides the pseudonyms beside the files and the other settings; the key itself is not in it."""
    key = _key(settings)
    return [settings.persons.keep, keyed_hash(key, message="kept") if key else None]


def _things(lab: Engagement) -> Iterator[str]:
    """Identifiers, names and aliases of sites, services, suppliers and clients, listed or named by other tables."""
    for name in lab.tables:
        for column in table_specs()[name].columns:
            if column.kind in _THINGS.values() or (name in _THINGS and column.name in (_THINGS[name], "name")):
                yield from (str(thing) for thing in lab.tables[name][column.name].dropna().unique())
            elif name in _THINGS and column.name == "aliases":
                for aliases in lab.tables[name][column.name].dropna().unique():
                    yield from str(aliases).split(";")
    for kind in _THINGS.values():
        yield from lab.settings.aliases.get(kind, {})


def _cells(lab: Engagement) -> Iterator[tuple[str, str, bool]]:
    """Where persons stand: the place, each different cell, and whether a comma divides persons in it."""
    for name in lab.tables:
        for column in _person_columns(name):
            for cell in lab.tables[name][column].dropna().unique():
                yield f"{name}.{column}", str(cell), (name, column) in _LISTS
    for section in _SECTIONS:
        for path, cell in _named_in(getattr(lab.settings, section), path=section):
            yield path, cell, False


def _person_columns(table: str) -> list[str]:
    return [column.name for column in table_specs()[table].columns if column.kind is Kind.PERSON]


def _table_with(found: Pseudonyms, name: str, frame: pd.DataFrame) -> pd.DataFrame:
    new = {
        column: found.column(frame[column], partial(found.cell, commas=(name, column) in _LISTS))
        for column in _person_columns(name)
    }
    texts = [
        column.name for column in table_specs()[name].columns
        if column.kind is Kind.TEXT and column.name not in _NAMES_OF_THINGS
    ]  # fmt: skip
    foreign = [column for column in frame.columns if column not in table_specs()[name].column_names]
    return found.frame(frame.assign(**new), columns=[*texts, *(one for one in foreign if one not in SOURCE_COLUMNS)])


def _all_but_places(found: Pseudonyms, frame: pd.DataFrame) -> pd.DataFrame:
    """`frame` with names replaced, except in what tells where something stands."""
    return found.frame(frame, columns=[column for column in frame.columns if column not in ("file", "sheet", "row")])


def settings_with(found: Pseudonyms, settings: Settings) -> Settings:
    """The settings with names replaced in the sections in which people write about people."""
    sections = {name: _section_with(found, getattr(settings, name)) for name in _SECTIONS}
    return settings.model_copy(update=sections)


def _named_in(section: BaseModel, *, path: str) -> Iterator[tuple[str, str]]:
    """The persons that a section of the settings names in settings marked for it, with their place."""
    for name, info in type(section).model_fields.items():
        value = getattr(section, name)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, BaseModel):
                yield from _named_in(one, path=f"{path}.{name}")
            elif info.json_schema_extra == PERSON and one is not None:
                yield f"{path}.{name}", str(one)


def _section_with(found: Pseudonyms, section: _Model) -> _Model:
    """A section of the settings with names replaced: persons alone in settings marked for it, elsewhere in texts."""
    new = {}
    for name, info in type(section).model_fields.items():
        change = found.cell if info.json_schema_extra == PERSON else found.text
        new[name] = _value_with(found, getattr(section, name), change)
    return section.model_copy(update=new)


def _value_with(found: Pseudonyms, value: Any, change: Callable[[str], str]) -> Any:  # Any: a value of the settings
    if isinstance(value, BaseModel):
        return _section_with(found, value)
    if isinstance(value, tuple):
        return tuple(_value_with(found, one, change) for one in value)
    if isinstance(value, dict):
        return {key: _value_with(found, one, change) for key, one in value.items()}
    return change(value) if type(value) is str else value
