"""The clients that get a page of their own: those that stand out or are at risk, and those somebody asked for."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
from rapidfuzz import process

from auditlab.errors import ArgumentError
from auditlab.history.cells import plural
from auditlab.portfolio.inventory import UNREAD
from auditlab.portfolio.reasons import period_words
from auditlab.portfolio.store import Store

MOST_PAGES = 40
"""Clients with a page at most, beside those asked for; a portfolio of no more clients has a page for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossiers:
    """What the pages of single clients hold.

    Attributes
    ----------
    pages : DataFrame
        ``client, name, why`` (in words), ``page`` (file beside the page of the portfolio).
    facts : DataFrame
        ``client, sentence``, in the order in which they are read.
    audits : DataFrame
        ``client, audit_id, type, edition, start, auditor_days, major, minor, ofi, observation, strength,
        decision_date``, latest first.
    clauses : DataFrame
        ``client, site, clause`` (2018 edition), ``nonconformities, audits`` [count], ``first, latest``; most first.
    """

    pages: pd.DataFrame
    facts: pd.DataFrame
    audits: pd.DataFrame
    clauses: pd.DataFrame


def clients_as_text(names: Sequence[str]) -> str | None:
    """Names of clients as one text, as `clients_in` reads it; None without a name.

    Semicolons stand between them; a name that holds one itself stands in quotation marks.
    """
    parts = []
    for name in names:
        written = io.StringIO()
        csv.writer(written, delimiter=";", lineterminator="\r\n").writerow([name])
        parts.append(written.getvalue().removesuffix("\r\n"))
    return "; ".join(parts) or None


def clients_in(text: str | None) -> list[str]:
    """The names of clients in a text with semicolons between them; what stands in quotation marks is one name."""
    rows = csv.reader(io.StringIO(text or "", newline=""), delimiter=";", skipinitialspace=True)
    return [name.strip() for row in rows for name in row if name.strip()]


def client_dossiers(
    store: Store,
    *,
    inventory: pd.DataFrame,
    rates: pd.DataFrame,
    risk: pd.DataFrame,
    asked: Sequence[str] = (),
    most: int = MOST_PAGES,
) -> Dossiers:
    """The pages of single clients.

    Parameters
    ----------
    store : Store
        The portfolio.
    inventory, rates, risk : DataFrame
        Results of `client_inventory`, `client_rates` and `certificate_risk`.
    asked : sequence of str
        Clients (code, name or a name that a file uses) that get a page in any case.
    most : int
        Clients with a page at most beside those [count].

    Raises
    ------
    ArgumentError
        If a client asked for is none of the portfolio.
    """
    pages = _chosen(inventory, rates, risk, wanted=[_known(name, store, inventory) for name in asked], most=most)
    clients = pages["client"].tolist()
    audits = store.ask(
        "select client, audit_id, type, edition, start, cast(days as double) as auditor_days, major, minor, ofi, "
        "observation, strength, decision_date from facts where client in (select unnest($clients)) "
        "order by client, start desc, audit_id",
        clients=clients,
    )
    clauses = store.ask(
        "select s.client, s.site, coalesce(s.key, 'not known') as clause, count(distinct s.finding_id) as "
        "nonconformities, count(distinct s.audit_id) as audits, min(f.start) as first, max(f.start) as latest "
        "from shares s join facts f using (client, audit_id) "
        "where client in (select unnest($clients)) group by all "
        "order by s.client, nonconformities desc, s.site, clause",
        clients=clients,
    )
    facts = _facts(pages, inventory, rates, risk, period=period_words(store))
    return Dossiers(pages=pages, facts=facts, audits=audits, clauses=clauses)


def _known(name: str, store: Store, inventory: pd.DataFrame) -> str:
    """The client behind a code or a name."""
    if name in set(inventory["client"]):
        return name
    named = pd.concat([
        inventory[["client", "name"]].rename(columns={"name": "written"}), store.identity[["client", "written"]]
    ]).dropna()  # fmt: skip
    found = named.loc[named["written"] == name, "client"].unique()
    if len(found) == 1:
        return str(found[0])
    near = [match[0] for match in process.extract(name, inventory["client"].tolist(), limit=3)]
    raise ArgumentError(
        f"There is no client '{name}' in this portfolio. Near it: {', '.join(near)}. "
        "tables/client_inventory.csv lists all of them."
    )


def _chosen(
    inventory: pd.DataFrame, rates: pd.DataFrame, risk: pd.DataFrame, *, wanted: Sequence[str], most: int
) -> pd.DataFrame:
    flagged = rates.loc[rates["flagged"].fillna(False).astype(bool), "client"]
    threatened = risk.loc[risk["threats"] != "", ["client", "threats"]].drop_duplicates()
    reasons: dict[str, list[str]] = {}
    for client in wanted:
        reasons.setdefault(client, []).append("asked for")
    for client in flagged.head(most):
        reasons.setdefault(client, []).append("differs from the others")
    room = most + len(set(wanted))
    for client, threats in threatened.itertuples(index=False):
        if client in reasons or len(reasons) < room:
            reasons.setdefault(client, []).append(f"certificate: {threats}")
    if len(inventory) <= most:
        for client in inventory["client"]:
            reasons.setdefault(client, [])
    rows = [
        {"client": client, "why": "; ".join(why) or "all clients have a page", "page": page_name(client)}
        for client, why in reasons.items()
    ]
    pages = pd.DataFrame(rows, columns=["client", "why", "page"], dtype="str")
    return pages.merge(inventory[["client", "name"]], on="client", how="left")[["client", "name", "why", "page"]]


def page_name(client: str) -> str:
    """The file of the page of `client`: never a path, and never that of another client."""
    plain = re.sub(r"[^\w-]+", "-", client, flags=re.ASCII)[:60]
    # Some file systems take capitals and small letters for the same.
    if plain == client and plain == plain.upper():
        return f"client-{plain}.html"
    return f"client-{plain}-{hashlib.sha256(client.encode()).hexdigest()[:6]}.html"


def _facts(
    pages: pd.DataFrame, inventory: pd.DataFrame, rates: pd.DataFrame, risk: pd.DataFrame, *, period: str
) -> pd.DataFrame:
    rows: list[dict[str, str]] = []
    by_client = {name: frame.set_index("client") for name, frame in (("i", inventory), ("r", rates))}
    for client in pages["client"]:
        gaps = str(by_client["i"].loc[client, "gaps"])
        if gaps == UNREAD:
            sentence = f"Nothing is known of it: {UNREAD}. The list of sources on the page of the portfolio says why."
            rows.append({"client": client, "sentence": sentence})
            continue
        said = [
            _rate_said(by_client["r"].loc[client], period=period) if client in by_client["r"].index else "It is not "
            f"compared: no audit {period} has auditor-days and findings.",
            *_certificates_said(risk[risk["client"] == client]),
        ]  # fmt: skip
        said.append(f"Missing: {gaps}." if gaps else "Nothing is missing of what a comparison needs.")
        rows += [{"client": client, "sentence": sentence} for sentence in said]
    return pd.DataFrame(rows, columns=["client", "sentence"], dtype="str")


def _rate_said(row: pd.Series, *, period: str) -> str:
    if pd.isna(row["ratio"]):
        return f"It is not compared over audits {period}: {row['note'] or 'no rate'}."
    words = "It is flagged: it differs by more than chance and than clients usually do" if bool(row["flagged"]) else (
        "It is not flagged: so much can be chance or the ordinary variance between clients"
    )  # fmt: skip
    found = plural(int(row["nonconformities"]), "nonconformity", "nonconformities")
    days = f"{row['auditor_days']:g} auditor-{'day' if row['auditor_days'] == 1 else 'days'}"
    return (
        f"{found} in {days} {period}: {row['ratio']:.2f} times the {row['mix_expected']:.1f} that clients of its mix "
        f"of audits have. {words} (q {row['q']:.3f}, with the variance between clients {row['q_widened']:.3f}). Drawn "
        f"towards the others, the rate to expect is {row['shrunken']:.2f} a day (interval {row['shrunken_low']:.2f} to "
        f"{row['shrunken_high']:.2f})."
    )


def _certificates_said(risk: pd.DataFrame) -> list[str]:
    said = [_certificate_said(row) for _, row in risk.iterrows()]
    return said or ["No certificate in force was handed over."]


def _certificate_said(row: pd.Series) -> str:
    if pd.isna(row["expiry"]):
        return f"The expiry of its certificate {row['certificate_id']} was not handed over."
    left = int(row["days_left"])
    ends = f"expires on {row['expiry']:%Y-%m-%d}, in {plural(left, 'day')}" if left >= 0 else (
        f"expired on {row['expiry']:%Y-%m-%d}, {plural(-left, 'day')} before the day of the review"
    )  # fmt: skip
    in_the_way = f"In its way: {row['threats']}." if row["threats"] else "Nothing known stands in its way."
    return f"Its certificate {row['certificate_id']} {ends}. {in_the_way}"
