"""Plotly's script for the pages: a small build that draws what auditlab draws, or all of plotly.

``vendored/vendored.csv`` holds origin, version, licence and hash of the small build.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from importlib import resources
from pathlib import Path

from auditlab.publish.files import write_file

BUNDLE = Path("assets") / "plotly.min.js"
"""Plotly for all pages of a run: written once, loaded from beside the page."""

SMALL_BUILD = "plotly-cartesian.min.js"

CARTESIAN = frozenset(
    [
        "bar",
        "box",
        "contour",
        "funnel",
        "heatmap",
        "histogram",
        "histogram2d",
        "image",
        "pie",
        "scatter",
        "violin",
        "waterfall",
    ]
)
"""Kinds of traces that the small build draws and that were looked at."""


def bundle(traces: AbstractSet[str]) -> bytes:
    """The script that draws all of `traces`: the small build where it is enough, else the one of the plotly package."""
    if traces <= CARTESIAN:
        return resources.files(__package__).joinpath("vendored", SMALL_BUILD).read_bytes()
    import plotly  # noqa: PLC0415  # slow; only a run needs it

    return (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_bytes()


def write_bundle(folder: Path, *, traces: AbstractSet[str]) -> Path:
    """Put the script that draws `traces` into the run folder `folder`."""
    return write_file(folder / BUNDLE, bundle(traces))
