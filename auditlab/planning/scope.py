"""What is audited: services, sites, clauses and other parties, and what the data name beyond the scope."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

import pandas as pd

from auditlab.errors import ArgumentError
from auditlab.history.cells import natural_order, site_list, text_of
from auditlab.standard.clauses import auditable_leaves

WHOLE_SYSTEM = "all"
"""Stands for the services where a clause belongs to the management system and not to one service."""

OWN = "own organisation"

_OTHER_PARTIES = ("8.2.3", "8.3.4")  # clauses under which the work of other parties is examined
_SEPARATORS = re.compile(r"[;,\n\r]+")  # names of companies hold blanks

GRID_DTYPES = {"service": "str", "site": "str", "clause": "str", "party": "str", "state": "str", "reason": "str"}


class Standing(StrEnum):
    """Where a cell of the scope stands."""

    IN = "in"
    OUT = "out"
    NOT_APPLICABLE = "not_applicable"


def scope_grid(
    services: pd.DataFrame,
    sites: pd.DataFrame,
    *,
    edition: str = "2018",
    excluded_services: Mapping[str, str] | None = None,
    excluded_sites: Mapping[str, str] | None = None,
    excluded_clauses: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """The scope, cell by cell: in, out or not applicable, each with its reason.

    Clauses of the management system (4 to 7, 9, 10) stand once for each site under the service
    ``all``; clause 8 stands for each service at each site. Where another party works on a service,
    the clauses on control of other parties have a row for that party too.

    Parameters
    ----------
    services : DataFrame
        Canonical services; their sites and suppliers decide what applies where.
    sites : DataFrame
        Canonical sites.
    edition : str
        Edition of the standard.
    excluded_services, excluded_sites : mapping, optional
        Name to the reason why it is outside the certificate.
    excluded_clauses : mapping, optional
        Must be empty: the standard knows no excluded requirement.

    Returns
    -------
    DataFrame
        ``service, site, clause`` (leaf), ``party, state, reason``.

    Raises
    ------
    ArgumentError
        If a clause is excluded, an exclusion has no reason, or it names what is not in the lists.
    """
    if excluded_clauses:
        named = ", ".join(sorted(excluded_clauses))
        raise ArgumentError(
            f"Clause {named} cannot be left out: ISO/IEC 20000-1 knows no exclusions. "
            "Leave a service or a site outside the certificate instead, with its reason."
        )
    outside_services = _reasons("service", excluded_services, known=services["service"])
    outside_sites = _reasons("site", excluded_sites, known=sites["site"])
    leaves = auditable_leaves(edition)
    rows: list[tuple[str, ...]] = []
    for site in sites["site"].astype("str"):
        out = outside_sites.get(site)
        state = (str(Standing.OUT), out) if out else (str(Standing.IN), "management system, run for all services")
        rows += [(WHOLE_SYSTEM, site, leaf, OWN, *state) for leaf in leaves if not leaf.startswith("8.")]
        for service, at, parties in zip(services["service"], services["sites"], services["suppliers"], strict=True):
            state = _standing(str(service), site, at, outside_services, outside_sites)
            operation = [leaf for leaf in leaves if leaf.startswith("8.")]
            rows += [(str(service), site, leaf, OWN, *state) for leaf in operation]
            rows += [
                (str(service), site, leaf, party, *state)
                for party in party_list(parties)
                for leaf in operation
                if leaf.startswith(_OTHER_PARTIES)
            ]
    return pd.DataFrame(rows, columns=list(GRID_DTYPES)).astype(GRID_DTYPES)


def _reasons(what: str, excluded: Mapping[str, str] | None, *, known: pd.Series) -> dict[str, str]:
    reasons = dict(excluded or {})
    unknown = sorted(set(reasons) - set(known.astype("str")))
    if unknown:
        raise ArgumentError(f"The excluded {what} {', '.join(unknown)} is not in the list of {what}s. Mend its name.")
    silent = sorted(name for name, reason in reasons.items() if not reason.strip())
    if silent:
        raise ArgumentError(f"No reason is given for leaving out the {what} {', '.join(silent)}. Give one.")
    return reasons


def _standing(
    service: str, site: str, at: object, outside_services: Mapping[str, str], outside_sites: Mapping[str, str]
) -> tuple[str, str]:
    reason = outside_services.get(service) or outside_sites.get(site)
    if reason:
        return str(Standing.OUT), reason
    delivered = site_list(at)
    if not delivered:
        return str(Standing.IN), f"the list of services does not say where {service} is delivered"
    if site in delivered:
        return str(Standing.IN), f"{service} is delivered at {site}"
    return str(Standing.NOT_APPLICABLE), f"{service} is not delivered at {site} but at {', '.join(delivered)}"


def party_list(parties: object) -> list[str]:
    """The other parties that a cell of the table of services names, apart by commas, semicolons or line breaks."""
    return [party for part in _SEPARATORS.split(text_of(parties)) if (party := " ".join(part.split()))]


def outside_scope(records: Mapping[str, pd.DataFrame], *, services: pd.DataFrame, sites: pd.DataFrame) -> pd.DataFrame:
    """Services and sites that records name although the scope does not.

    Parameters
    ----------
    records : mapping
        Name of a table to its frame; columns ``service`` and ``site`` are read where they are.
    services, sites : DataFrame
        Canonical tables, the scope.

    Returns
    -------
    DataFrame
        ``what`` (service, site), ``name, table, records`` [count]; most records first.
    """
    known = {"service": set(services["service"].astype("str")), "site": set(sites["site"].astype("str"))}
    rows = []
    for table, frame in records.items():
        for what, names in known.items():
            if what not in frame or not names:
                continue
            counts = frame[what].dropna().astype("str").value_counts()
            rows += [(what, name, table, int(count)) for name, count in counts.items() if name and name not in names]
    rows.sort(key=lambda row: (-row[3], row[0], natural_order(row[1]), row[2]))
    dtypes = {"what": "str", "name": "str", "table": "str", "records": "int64"}
    return pd.DataFrame(rows, columns=list(dtypes)).astype(dtypes)


def other_parties(services: pd.DataFrame) -> pd.DataFrame:
    """Who works on each service, and where the applicability of the standard has to be asked.

    A certificate needs an organisation that itself keeps the management system and controls what
    others do. Where no site of its own delivers a service, every part may be run by others.

    Parameters
    ----------
    services : DataFrame
        Canonical services.

    Returns
    -------
    DataFrame
        ``service, own_sites, parties`` (separated by commas), ``standing`` (own work only; own work
        and other parties; other parties only: ask; nobody is named: ask).
    """
    rows = []
    for service, at, named in zip(services["service"], services["sites"], services["suppliers"], strict=True):
        own, parties = site_list(at), party_list(named)
        if own:
            standing = "own work and other parties" if parties else "own work only"
        elif parties:
            standing = "other parties only: ask whether the service can be in scope"
        else:
            standing = "nobody is named: ask"
        rows.append((str(service), ", ".join(own), ", ".join(parties), standing))
    dtypes = dict.fromkeys(("service", "own_sites", "parties", "standing"), "str")
    return pd.DataFrame(rows, columns=list(dtypes)).astype(dtypes)


def scope_sentence(grid: pd.DataFrame, *, client: str, services: pd.DataFrame, sites: pd.DataFrame) -> str:
    """The scope in one sentence that can stand in a plan.

    Parameters
    ----------
    grid : DataFrame
        Result of `scope_grid`.
    client : str
        Name of the organisation.
    services, sites : DataFrame
        Canonical tables, for the names.
    """
    inside = grid[grid["state"] == str(Standing.IN)]
    service_names = _names(services, "service", keep=inside["service"])
    site_names = _names(sites, "site", keep=inside["site"])
    parties = sorted(set(inside["party"]) - {OWN}, key=natural_order)
    words = f"The service management system of {client}: {_and(service_names) or 'services not yet listed'}"
    words += f", from {_and(site_names) or 'sites not yet listed'}"
    return f"{words}; other parties involved: {_and(parties)}." if parties else f"{words}."


def _names(frame: pd.DataFrame, column: str, *, keep: pd.Series) -> list[str]:
    kept = frame[frame[column].astype("str").isin(set(keep))]
    return [text_of(name) or str(code) for code, name in zip(kept[column], kept["name"], strict=True)]


def _and(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else "".join(names)


def objective_trace(objectives: pd.DataFrame, planned: pd.DataFrame) -> pd.DataFrame:
    """Which planned time looks at each service objective.

    Parameters
    ----------
    objectives : DataFrame
        Canonical objectives.
    planned : DataFrame
        Planned minutes by leaf: ``clause, site, minutes``.

    Returns
    -------
    DataFrame
        ``objective, service, clause, minutes`` [minutes], ``standing`` (planned, untouched, no
        clause is named), in the order of the objectives.
    """
    rows = []
    minutes = planned.groupby("clause")["minutes"].sum()
    for objective, service, clause in zip(
        objectives["objective"], objectives["service"], objectives["clause"], strict=True
    ):
        number = text_of(clause)
        under = [leaf for leaf in minutes.index if leaf == number or leaf.startswith(f"{number}.")] if number else []
        total = int(minutes.loc[under].sum())
        standing = "no clause is named" if not number else "planned" if total else "untouched"
        rows.append((text_of(objective), text_of(service), number, total, standing))
    dtypes = {"objective": "str", "service": "str", "clause": "str", "minutes": "int64", "standing": "str"}
    return pd.DataFrame(rows, columns=list(dtypes)).astype(dtypes)
