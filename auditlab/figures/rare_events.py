"""Panels of events that are too rare for monthly counts: how long it took from one to the next."""

from __future__ import annotations

import pandas as pd

from auditlab.figures.service_trends import Panel, points_and_limits, signalling


def rare_event_panels(points: pd.DataFrame) -> list[Panel]:
    """One panel for each chart of days or cases between events.

    Parameters
    ----------
    points : DataFrame
        Result of ``signals.rare_event_points``.
    """
    return [_panel(own) for _, own in points.groupby(["what", "service"], sort=False, dropna=False)]


def _panel(own: pd.DataFrame) -> Panel:
    first = own.iloc[0]
    known = pd.notna(first["service"])
    where = str(first["service"]) if known else "all services"
    gap = "Days" if first["chart"] == "t" else "Tests passed"
    title = f"{gap} between {first['what']}, {where}"
    caption = (
        f"{title}: {len(own)} gaps; a low point means the next one came soon. "
        f"{first['since_last']:.0f} {first['unit']} since the last one, which are no gap yet. {first['convention']}. "
        f"Rules that signal on this chart: {signalling(own)}."
    )
    columns = ["event", "value", "center", "lower", "upper", "outside", "signal", "rule"]
    return Panel(
        figure=points_and_limits(own, at="event", title=title, unit=str(first["unit"]), when="%Y-%m-%d"), title=title,
        caption=caption, data=own[columns], facets={"service": where} if known else {},
    )  # fmt: skip
