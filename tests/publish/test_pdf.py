"""Pages as PDF: by a browser, by WeasyPrint, or a clear note."""

import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from auditlab.errors import EngagementError
from auditlab.publish import pdf
from auditlab.publish.pdf import NO_PDF, WITHOUT_CHARTS, installed_browser, write_pdfs


@pytest.fixture
def run_folder(tmp_path):
    folder = tmp_path / "run"
    folder.mkdir()
    for name in ("index", "other"):
        (folder / f"{name}.html").write_text(f"<!doctype html><title>{name}</title><p>{name}", encoding="utf-8")
    return folder


def test_without_any_program_the_note_says_what_to_do(run_folder, tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "installed_browser", lambda: None)
    monkeypatch.setattr(pdf.importlib.util, "find_spec", lambda _name: None)
    result = write_pdfs(run_folder, folder=tmp_path / "out")
    assert (result.paths, result.note) == ((), NO_PDF)
    assert not (tmp_path / "out").exists()


def test_weasyprint_sets_the_pages_and_says_that_charts_are_missing(run_folder, tmp_path, monkeypatch):
    class Html:
        def __init__(self, *, filename):
            self.filename = filename

        def write_pdf(self, target):
            Path(target).write_text(self.filename, encoding="utf-8")

    monkeypatch.setattr(pdf, "installed_browser", lambda: None)
    monkeypatch.setattr(pdf.importlib.util, "find_spec", lambda name: name == "weasyprint")
    monkeypatch.setitem(sys.modules, "weasyprint", SimpleNamespace(HTML=Html))
    result = write_pdfs(run_folder, folder=tmp_path / "out")
    assert result.note == WITHOUT_CHARTS
    assert [path.name for path in result.paths] == ["index.pdf", "other.pdf"]
    assert (tmp_path / "out" / "index.pdf").read_text(encoding="utf-8").endswith("index.html")


def test_a_browser_that_does_not_print_is_told(run_folder, tmp_path, monkeypatch):
    monkeypatch.setattr(pdf, "installed_browser", lambda: sys.executable)
    result = write_pdfs(run_folder, folder=tmp_path / "out")
    assert result.paths == ()
    assert "did not print index, other" in result.note


def test_the_named_browser_wins_and_a_wrong_name_finds_none(tmp_path, monkeypatch):
    monkeypatch.setenv("AUDITLAB_CHROMIUM", sys.executable)
    assert installed_browser() == sys.executable
    monkeypatch.setenv("AUDITLAB_CHROMIUM", str(tmp_path / "nothing"))
    assert installed_browser() is None


def test_a_folder_without_pages_is_refused(tmp_path):
    with pytest.raises(EngagementError, match="holds no pages"):
        write_pdfs(tmp_path, folder=tmp_path / "out")


@pytest.mark.browser
def test_an_installed_browser_prints_a_page(run_folder, tmp_path):
    if installed_browser() is None:
        pytest.skip("no browser of the Chromium family is installed")
    (run_folder / "other.html").unlink()
    result = write_pdfs(run_folder, folder=tmp_path / "out")
    assert result.note == ""
    assert result.paths[0].read_bytes().startswith(b"%PDF-")
