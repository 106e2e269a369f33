"""Questions, methods, papers and fall-backs in our own words, looked up by clause."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources
from types import MappingProxyType

import pandas as pd

from auditlab.standard.clauses import ancestors, clause_table


class Lens(StrEnum):
    """From where a question looks."""

    OBJECTIVE = "objective"
    CUSTOMER = "customer"
    CONSISTENCY = "consistency"


class Level(StrEnum):
    """Where in the organisation somebody stands."""

    TOP = "top management"
    OWNERS = "owners and managers"
    OPERATIONS = "people who do the work"


@cache
def _rows(name: str) -> pd.DataFrame:
    with resources.files(__package__).joinpath(name).open(encoding="utf-8") as source:
        return pd.read_csv(source, dtype="str", keep_default_na=False)


def contingency_rows() -> pd.DataFrame:
    """General triggers: ``trigger, fallback, effect``."""
    return _rows("contingencies.csv").copy()


def expected_documents() -> pd.DataFrame:
    """Documented information that the standard asks for, in our words: ``clause`` (leaf), ``document``."""
    return _rows("expected_documents.csv").copy()


@cache
def questions_for(clause: str) -> Mapping[Lens, str]:
    """One open question in each lens, from the clause itself or the nearest clause above that has one."""
    bank = _rows("questions.csv")
    chosen: dict[Lens, str] = {}
    for area in (clause, *ancestors(clause)):
        for lens, question in bank.loc[bank["area"] == area, ["lens", "question"]].itertuples(index=False):
            chosen.setdefault(Lens(lens), question)
    return MappingProxyType(chosen)


@cache
def methods_for(clause: str) -> tuple[str, ...]:
    """Methods of a clause, from itself or the nearest clause above; one at least is not document review."""
    known = _rows("methods.csv").set_index("area")["methods"]
    area = next(place for place in (clause, *ancestors(clause)) if place in known.index)
    return tuple(str(known[area]).split("; "))


@cache
def _roles() -> Mapping[str, tuple[str, ...]]:
    table = clause_table()
    leaves = table[table["leaf"]]
    found: dict[str, dict[str, None]] = {}
    for clause, key, roles in zip(leaves["clause"], leaves["key"], leaves["roles"], strict=True):
        for role in str(roles).split(";"):
            name = role.strip()
            # The same role begins a list in one clause and stands inside it in another.
            named = name[0].upper() + name[1:] if name else ""
            for at in {clause, key}:
                if named:
                    found.setdefault(at, {})[named] = None
    return MappingProxyType({clause: tuple(names) for clause, names in found.items()})


def roles_of(clause: str) -> tuple[str, ...]:
    """Who can speak about a leaf or a recurrence key, the first named first."""
    return _roles().get(clause, ())


_WORKERS = (
    "staff", "engineers", "practitioners", "implementers", "fulfilment", "resolver", "users", "requesters",
    "service desk", "contractors", "operations", "cab members", "authors",
)  # fmt: skip


def level_of(role: str) -> Level:
    """The level of a role by its words."""
    low = role.lower()
    if "top management" in low:
        return Level.TOP
    if any(word in low for word in _WORKERS) and "manager" not in low and "lead" not in low:
        return Level.OPERATIONS
    return Level.OWNERS
