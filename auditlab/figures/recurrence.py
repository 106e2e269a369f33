"""What came back: the findings of each chain over time."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd
import plotly.graph_objects as go

from auditlab.figures.theme import BLUE, GREY, ORANGE, VERMILION, Row, category_range, new_figure, plain

EXAMINED_ONLY = "examined, no nonconformity"
SOFTENED = "improvement noted later"


def chain_timeline(points: pd.DataFrame) -> go.Figure:
    """Recurrent cells over time: every nonconformity of a chain at its audit.

    Parameters
    ----------
    points : DataFrame
        Result of `chain_points`.
    """
    names = [plain(name) for name in dict.fromkeys(points["chain"])]
    looks = (
        (EXAMINED_ONLY, "line-ns-open", GREY, 12),
        ("minor", "circle", BLUE, 13),
        ("major", "diamond", VERMILION, 15),
        (SOFTENED, "circle-open", ORANGE, 13),
    )
    traces: list[go.Bar | go.Scatter] = []
    for kind, symbol, colour, size in looks:
        own = points[points["kind"] == kind].fillna({"finding_id": "no finding", "statement": ""})
        hover = [
            f"{plain(row.finding_id)}, {plain(row.audit_id)}<br>{plain(_short(row.statement))}"
            for row in own.itertuples()
        ]
        traces.append(
            go.Scatter(
                name=kind,
                mode="markers",
                x=list(own["start"]),
                y=[plain(name) for name in own["chain"]],
                marker={"symbol": symbol, "color": colour, "size": size, "line": {"width": 2, "color": colour}},
                hovertext=hover,
                hoverinfo="text",
                showlegend=True,
            )
        )
    figure = new_figure(traces, height=130 + 30 * max(len(names), 1))
    figure.update_layout(
        yaxis={
            "type": "category",
            "categoryorder": "array",
            "categoryarray": names[::-1],
            "range": category_range(len(names)),
        },
        xaxis={"type": "date", "title": {"text": "first day of the audit"}},
    )
    return figure


def chain_points(
    chains: pd.DataFrame, findings: pd.DataFrame, audits: pd.DataFrame, examined: pd.DataFrame
) -> pd.DataFrame:
    """The findings of the recurrent chains side by side, and the examinations that found nothing.

    Parameters
    ----------
    chains : DataFrame
        Result of ``history.recurrence_chains``; the recurrent chains of the site view are taken.
    findings, audits : DataFrame
        Canonical tables: grades, statements and dates.
    examined : DataFrame
        Result of ``history.examinations``.

    Returns
    -------
    DataFrame
        ``chain`` (its name, with the longest first), ``audit_id, start, kind`` (major, minor,
        examined without nonconformity, or a later improvement), ``finding_id, clause_as_cited,
        statement``.
    """
    drawn = chains[(chains["view"] == "site") & chains["recurrent"].fillna(value=False).astype(bool)]
    rows = [
        row
        for chain in drawn.sort_values("audits_with_nc", ascending=False, kind="stable").to_dict("records")
        for row in _points_of(chain, findings, examined)
    ]
    columns = ["chain", "audit_id", "kind", "finding_id", "clause_as_cited", "statement"]
    points = pd.DataFrame(rows, columns=columns).astype("str")
    starts = audits.drop_duplicates("audit_id").set_index("audit_id")["start"]
    # Not map: pandas 3.1 cannot map to an empty column of dates, which is what audits not handed over are.
    points.insert(2, "start", starts.reindex(points["audit_id"]).to_numpy())
    order = {name: place for place, name in enumerate(dict.fromkeys(points["chain"]))}
    by_time = points.assign(place=points["chain"].map(order)).sort_values(["place", "start"], kind="stable")
    return by_time.drop(columns="place").reset_index(drop=True)


def _points_of(chain: Row, findings: pd.DataFrame, examined: pd.DataFrame) -> Iterator[tuple[object, ...]]:
    name = _chain_name(chain)
    softened: set[str] = set("" if pd.isna(chain["softened_to"]) else str(chain["softened_to"]).split())
    own = findings[findings["finding_id"].isin([*str(chain["findings"]).split(), *softened])]
    for finding in own.drop_duplicates("finding_id").to_dict("records"):
        kind = SOFTENED if finding["finding_id"] in softened else str(finding["grade"])
        yield (name, finding["audit_id"], kind, finding["finding_id"], finding["clause_as_cited"], finding["statement"])
    cell = examined[(examined["key"] == chain["clause"]) & (examined["site"] == chain["site"])]
    for audit in dict.fromkeys(cell["audit_id"]):
        if audit not in set(own["audit_id"]):
            yield (name, audit, EXAMINED_ONLY, None, None, None)


def _chain_name(row: Row) -> str:
    site: str = "site not stated" if pd.isna(row["site"]) else f"site {row['site']}"
    base: str = "?" if pd.isna(row["examinations"]) else row["examinations"]
    return f"{row['clause']}, {site} ({row['audits_with_nc']} of {base})"


def _short(text: object) -> str:
    words = str(text)
    return words if len(words) <= 90 else words[:89] + "…"
