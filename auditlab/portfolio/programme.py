"""Did the programme of every client keep its rules? One query a rule, over all clients and all cycles.

The rules themselves (periods, sources, what a surveillance covers) are data: ``standard/programme_rules.csv``.
`history.programme_checks` asks the same of one client with more words; a test holds the two together.
"""

from __future__ import annotations

import pandas as pd

from auditlab.history.cells import lies_under
from auditlab.portfolio import programme_queries
from auditlab.portfolio.cycles import lay_cycles
from auditlab.portfolio.store import FACETS, Store
from auditlab.portfolio.unread_rows import COULD_NOT, lay_unread_rows
from auditlab.standard.programme import SITE_SAMPLED, programme_rules, site_minimum

BREACH_DTYPES = {
    "rule": "str",
    "client": "str",
    "subject": "str",
    "due": "datetime64[us]",
    "actual": "datetime64[us]",
    "days": "Int64",
    "required": "Int64",
    "found": "Int64",
    "holds": "boolean",
    "note": "str",
    "standing": "str",
    "source": "str",
}

_CASE_TYPES = {
    "rule": "varchar", "client": "varchar", "subject": "varchar", "due": "date", "actual": "date", "days": "bigint",
    "required": "bigint", "found": "bigint", "holds": "boolean", "note": "varchar",
}  # fmt: skip

# Of an audit or a decision that is missing among rows nobody could read, nobody knows that it was not there.
_NOTE = f"""
note || case when holds or actual is not null then ''
    when rule in ('first_surveillance', 'surveillance_each_year') and u.audits is not null
        then '; but ' || u.audits || '{COULD_NOT}'
    when rule = 'recertification_before_expiry' and u.decisions is not null
        then '; but ' || u.decisions || '{COULD_NOT}' else '' end
"""

CHECKED = (
    "first_surveillance", "surveillance_each_year", "recertification_before_expiry", "majors_before_decision",
    "majors_before_expiry", "stage2_majors_verified", "majors_verified", "surveillance_must_cover", "central_function",
    "site_minimum",
)  # fmt: skip
"""The rules that are asked of every client."""

_BY_ITEM = "first_surveillance"
"""The rule whose items are counted apart; items of other rules are parts of one answer."""


def rules_of_programme(store: Store) -> pd.DataFrame:
    """The rules that are asked of every client, in words, each with its source.

    Returns
    -------
    DataFrame
        ``rule, item`` (part of a rule, or empty), ``applies_to`` (kind of audit), ``requirement`` (our words),
        ``value`` (as this portfolio sets it), ``unit, clauses`` (2018 edition), ``standing`` (checked in public
        sources, to confirm in the licensed text, or practice), ``source`` (document and place), ``asked`` (false: no
        record can
        answer it).
    """
    rules = programme_rules()
    kept = rules[rules["rule"].isin(CHECKED)].copy()
    kept["value"] = kept["value"].mask(kept["rule"] == "majors_verified", store.settings.method.major_closure_days)
    kept["source"] = kept["source"] + ", " + kept["reference"]
    kept["asked"] = (kept["rule"] != "surveillance_must_cover") | kept["clauses"].fillna("").ne("")
    columns = ["rule", "item", "applies_to", "requirement", "value", "unit", "clauses", "standing", "source", "asked"]
    order = kept["rule"].map(CHECKED.index)
    return kept.assign(_order=order).sort_values("_order", kind="stable", ignore_index=True)[columns]


def lay_programme_cases(store: Store) -> None:
    """Lay down ``cases``: every rule and every case in which it can be answered; once for each store.

    References
    ----------
    .. [1] ISO/IEC 17021-1:2015, 9.1.3, 9.4.9, 9.5.3, 9.6.2, 9.6.3. [2] MD 1 on multi-site sampling.
    """
    if store.has("cases"):
        return
    rules = programme_rules()
    lay_cycles(store)
    lay_unread_rows(store)
    _lay_items(store, rules)
    _lay_minimum(store)
    store.lay_frame("rule_sources", _sources(rules).astype("str"))
    listed = ", ".join(f"cast({_NOTE if name == 'note' else name} as {kind}) as {name}"
                       for name, kind in _CASE_TYPES.items())  # fmt: skip
    parts = " union all by name ".join(f"({query})" for query in programme_queries.ALL)
    months = rules.drop_duplicates("rule").set_index("rule")["value"]
    store.tell(
        f"create temp table cases as select {listed}, standing, source "
        f"from (select *, coalesce(variant, '') as item from ({parts})) left join rule_sources using (rule, item) "
        "left join unread_rows u using (client)",
        months=int(months[_BY_ITEM]), stage2=int(months["stage2_majors_verified"]),
        closure=store.settings.method.major_closure_days,
    )  # fmt: skip


def _sources(rules: pd.DataFrame) -> pd.DataFrame:
    """Document, place and standing of every rule, and of the items that are rules of their own."""
    whole = rules.drop_duplicates("rule").assign(item="")
    of_items = rules[(rules["rule"] == _BY_ITEM) & (rules["item"] != "")]
    both = pd.concat([whole, of_items])
    both = both[both["rule"].isin(CHECKED)]
    return both[["rule", "item", "standing"]].assign(source=both["source"] + ", " + both["reference"])


def programme_facts(store: Store) -> pd.DataFrame:
    """Every rule and every case in which it can be answered.

    Returns
    -------
    DataFrame
        ``rule, client, subject`` (cycle, year, audit or finding), ``due, actual, days`` (after the due date; negative
        is early), ``required, found`` [count], ``holds`` (missing: not due yet), ``note, standing`` (checked, to
        confirm or practice), ``source`` (document and place).
        What is not known (no certificate, no coverage, no list of sites) has no row.
    """
    return _cases(store, "true", order="rule, client, subject").drop(columns=list(FACETS))


def programme_breaches(store: Store) -> pd.DataFrame:
    """The cases in which a rule was not kept, the longest delay first within each rule, then the latest.

    Returns
    -------
    DataFrame
        As `programme_facts`, with ``sector, country, edition, office`` of the client.
    """
    return _cases(store, "not holds", order="rule, days desc nulls last, actual desc nulls last, client, subject")


def programme_summary(store: Store) -> pd.DataFrame:
    """How often each rule was kept; what is practice stands apart from what a document says.

    Returns
    -------
    DataFrame
        Every rule that is asked: ``rule, standing`` (checked, to confirm or practice), ``cases`` (that can be
        answered), ``kept, broken`` [count], ``clients`` (with a breach), ``clients_asked`` (with a case) [count],
        ``open`` (not due yet), ``longest_days`` (the longest delay) [days], ``source``.
    """
    lay_programme_cases(store)
    return store.ask(
        "select rule, standing, count(holds) as cases, count(*) filter (where holds) as kept, "
        "count(*) filter (where not holds) as broken, count(distinct client) filter (where not holds) as clients, "
        "count(distinct client) filter (where holds is not null) as clients_asked, "
        "count(*) filter (where holds is null and client is not null) as open, "
        "max(days) filter (where not holds) as longest_days, source "
        "from rule_sources left join (select rule, standing, source, client, holds, days from cases) "
        "using (rule, standing, source) group by rule, standing, source order by rule, standing"
    ).astype({"longest_days": "Int64"})


def _cases(store: Store, condition: str, *, order: str) -> pd.DataFrame:
    lay_programme_cases(store)
    listed = ", ".join([*BREACH_DTYPES, *FACETS])
    rows = store.ask(f"select {listed} from cases left join places using (client) where {condition} order by {order}")
    return rows.astype(BREACH_DTYPES)


def _lay_items(store: Store, rules: pd.DataFrame) -> None:
    """What every surveillance covers, with the leaves that stand for it."""
    wanted = rules[(rules["rule"] == "surveillance_must_cover") & rules["clauses"].fillna("").ne("")]
    leaves = store.ask("select clause from leaf_bits order by clause")["clause"]
    rows = [
        (item, leaf)
        for item, clauses in zip(wanted["item"], wanted["clauses"], strict=True)
        for leaf in leaves
        if any(lies_under(leaf, part) or lies_under(part, leaf) for part in clauses.split(";"))
    ]
    store.lay_frame("item_leaves", pd.DataFrame(rows, columns=["item", "clause"], dtype="str"))
    store.tell(
        "create temp table items as select item, bit_or(bit) as leaves from item_leaves join leaf_bits using (clause) "
        "group by item"
    )


def _lay_minimum(store: Store) -> None:
    """The least number of sites for every number of sites that occurs."""
    most = store.ask("select coalesce(max(n), 0) as n from (select count(*) as n from sites group by client)")
    rows = [
        (kind, others, site_minimum(others, audit_type=kind))
        for kind in sorted(SITE_SAMPLED)
        for others in range(1, int(most["n"].iloc[0]) + 1)
    ]
    store.lay_frame("minimum", pd.DataFrame(rows, columns=["type", "others", "least"]))
