"""Plotly's script: the vendored build is the recorded one, and used only where it draws everything."""

import csv
import hashlib
from pathlib import Path

import pytest
from plotly.offline import get_plotlyjs_version

import auditlab.publish
from auditlab.publish.bundles import CARTESIAN, SMALL_BUILD, bundle, write_bundle

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (Path(auditlab.publish.__file__).parent / "vendored", ROOT / "browser" / "vendored")


@pytest.mark.parametrize("folder", FOLDERS, ids=("plotly", "axe"))
def test_vendored_files_are_the_recorded_ones_with_their_licence(folder):
    with (folder / "vendored.csv").open(encoding="utf-8") as source:
        rows = list(csv.DictReader(source))
    assert {path.name for path in folder.glob("*.js")} == {row["file"] for row in rows}
    for row in rows:
        content = (folder / row["file"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == row["sha256"]
        assert row["version"].encode() in content[:400]
        assert (folder / row["licence_file"]).stat().st_size > 500


def test_the_small_build_has_the_version_of_the_plotly_package():
    assert f"v{get_plotlyjs_version()}".encode() in (FOLDERS[0] / SMALL_BUILD).read_bytes()[:200]


def test_a_chart_that_the_small_build_cannot_draw_gets_all_of_plotly(tmp_path):
    small, whole = bundle(CARTESIAN), bundle({"bar", "sankey"})
    assert len(small) <= 1_600_000
    assert len(whole) > 4_000_000
    assert write_bundle(tmp_path, traces={"bar"}).read_bytes() == small
