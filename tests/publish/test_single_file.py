"""Pages for mailing: one file each, the strict policy still in force, no link to what was not sent."""

import base64
import hashlib

import pytest

from auditlab.errors import EngagementError
from auditlab.publish.single_file import required_run, single_page, write_single_files

HEAD = '<meta http-equiv="Content-Security-Policy" content="script-src &#39;sha256-AAA=&#39; &#39;self&#39; file:; x">'
TAG = '<script src="assets/plotly.min.js"></script>'


def test_the_script_is_inside_and_allowed_by_its_hash_alone():
    page = single_page(f"{HEAD}<p>a</p>{TAG}<p>b</p>", script="var a = 1;\r\nvar b;", pages={"index.html"})
    text = "var a = 1;\nvar b;"  # as a browser sees it
    assert f"<script>{text}</script>" in page
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    assert f"sha256-{digest}" in page
    assert "file:" not in page
    assert "self" not in page
    assert "src=" not in page


def test_links_to_pages_and_places_stay_and_others_become_text():
    html = (
        '<a href="index.html">o</a><a class="b" href="a.html#t">t</a><a href="#x">x</a><a href="tables/a.csv">a.csv</a>'
    )
    page = single_page(html, script="", pages={"index.html", "a.html"})
    assert page == html.replace('<a href="tables/a.csv">a.csv</a>', "<span>a.csv</span>")


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    with pytest.raises(EngagementError, match=r"holds no pages\. Name the folder of a run"):
        write_single_files(tmp_path, folder=tmp_path / "out")
    with pytest.raises(EngagementError, match=r"holds no manifest\.json"):
        required_run(tmp_path)


def test_a_run_becomes_files_of_at_most_three_megabytes(halden_run, tmp_path):
    written = write_single_files(halden_run.folder, folder=tmp_path / "out")
    assert {path.name for path in written} == {path.name for path in halden_run.folder.glob("*.html")}
    assert max(path.stat().st_size for path in written) <= 3_000_000
    for path in written:
        assert "assets/" not in path.read_text(encoding="utf-8")
