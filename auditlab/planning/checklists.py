"""Checklists: what to ask and to see in each cell and why; and records to follow from end to end."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from auditlab.history.cells import text_of
from auditlab.planning.knowledge import Lens, methods_for, questions_for
from auditlab.sampling.draw import draw
from auditlab.seeds import derived_seed
from auditlab.standard.clauses import clause_table, clause_title

CHECKLIST_DTYPES = dict.fromkeys(
    ("site", "clause", "title", "lens", "question", "evidence", "methods", "facts", "mark"), "str"
) | {"minutes": "int64", "rank": "int64"}  # fmt: skip
CARD_DTYPES = dict.fromkeys(("service", "kind", "record", "site", "clauses", "question"), "str") | {"step": "int64"}

_TRACES: Mapping[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "incidents": (
        "incident_id",
        (
            ("8.6.1", "Who opened it, which priority did it get, and by which rule?"),
            ("8.2.6", "Which configuration item was involved, and does its record agree?"),
            ("8.6.3", "Was it linked to a problem or a known error? If not, who decided so?"),
            ("8.3.3", "Which service level applied, and does the report show it as it was?"),
        ),
    ),
    "changes": (
        "change_id",
        (
            ("8.5.1", "Who asked for it, who approved it and when, against the actual start?"),
            ("8.5.3", "How was it tested and released, and how could it have been taken back?"),
            ("8.2.6", "Were the configuration records changed with it?"),
            ("8.5.1", "What did the review say, and which incidents followed?"),
        ),
    ),
    "problems": (
        "problem_id",
        (
            ("8.6.3", "Which incidents led to it, and how was the cause found?"),
            ("8.5.1", "Which change removed it, and was its effect checked?"),
            ("7.6", "Where can the service desk find what was learned?"),
        ),
    ),
}
"""Kinds of record, their identifier, and the path to follow: clause and question."""


def checklist(planned: pd.DataFrame, ranked: pd.DataFrame, follow_up: pd.DataFrame) -> pd.DataFrame:
    """What to ask at each planned leaf, and why.

    Parameters
    ----------
    planned : DataFrame
        Result of `leaf_plan`.
    ranked : DataFrame
        Result of ``priority.priorities``.
    follow_up : DataFrame
        Result of ``history.follow_up``.

    Returns
    -------
    DataFrame
        ``site, clause`` (leaf), ``title, minutes, rank, lens, question`` (open, in our words), ``evidence`` to ask for,
        ``methods, facts`` (that triggered the row: history, contributions, findings to follow up), ``mark``
        ("not examined in this cycle" or empty). Cells that come first in the order have all three lenses, others
        one.
    """
    cells = {
        (site, key): (text_of(reason), text_of(mandatory))
        for site, key, reason, mandatory in zip(
            ranked["site"], ranked["clause"], ranked["reason"], ranked["mandatory"], strict=True
        )
    }
    open_items: dict[tuple[str, str], list[str]] = {}
    for site, key, finding, said in zip(
        follow_up["site"], follow_up["clause"], follow_up["finding_id"], follow_up["statement"], strict=True
    ):
        open_items.setdefault((text_of(site), text_of(key)), []).append(f"{text_of(finding)}: {text_of(said)}")
    evidence = clause_table().set_index("clause")["evidence"]
    rows: list[tuple[object, ...]] = []
    held = planned[planned["minutes"] > 0].sort_values(["site", "rank"], kind="stable")
    columns = (held[name] for name in ("site", "clause", "key", "minutes", "rank", "unknown"))
    for site, leaf, key, minutes, rank, unknown in zip(*columns, strict=True):
        reason, mandatory = cells.get((site, key), ("", ""))
        facts = "; ".join(part for part in (reason, mandatory, *open_items.get((site, key), [])) if part)
        asked = questions_for(leaf)
        lenses = list(Lens) if rank <= _FIRST else [Lens.CONSISTENCY]
        mark = "not examined in this cycle" if unknown else ""
        seen = (evidence[leaf], "; ".join(methods_for(leaf)), facts, mark, minutes, rank)
        rows += [(site, leaf, clause_title(leaf), str(lens), asked[lens], *seen) for lens in lenses if lens in asked]
    return pd.DataFrame(rows, columns=list(CHECKLIST_DTYPES)).astype(CHECKLIST_DTYPES)


_FIRST = 15  # cells of the order that are asked about in all three lenses


def trace_cards(records: Mapping[str, pd.DataFrame], services: pd.DataFrame, *, seed: int | str) -> pd.DataFrame:
    """One record of each kind for each key service, drawn at random, and the path to follow.

    Parameters
    ----------
    records : mapping
        ``incidents, changes, problems``; those that are empty are left out.
    services : DataFrame
        Canonical services; key services are those of high or critical criticality.
    seed : int or str
        Of the engagement. The cards are for the audit team only.

    Returns
    -------
    DataFrame
        ``service, kind, record, site, step, clauses, question``.
    """
    key = services.loc[services["criticality"].isin(["high", "critical"]), "service"].astype("str")
    rows: list[tuple[object, ...]] = []
    for service in key:
        for kind, (identity, path) in _TRACES.items():
            own = records.get(kind, pd.DataFrame(columns=[identity, "service"]))
            own = own[own["service"].astype("str") == service].drop_duplicates(identity)
            if own.empty:
                continue
            drawn = draw(own, id=identity, n=1, seed=derived_seed(seed, purpose=f"trace {kind} {service}"))
            record = str(drawn[identity].iloc[0])
            site = text_of(own.loc[own[identity].astype("str") == record, "site"].iloc[0])
            rows += [
                (service, kind, record, site, clause, question, step)
                for step, (clause, question) in enumerate(path, start=1)
            ]
    return pd.DataFrame(rows, columns=list(CARD_DTYPES)).astype(CARD_DTYPES)
