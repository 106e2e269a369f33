"""A small engagement made by hand, and notebooks for runs of a second or two."""

import datetime as dt
import json
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from named_engagement import named_engagement
from once_for_all import once_for_all

from auditlab.engagement import Engagement, InputFile
from auditlab.publish.run import run
from auditlab.settings import Settings
from auditlab.tables import Tables, as_canonical

SUMMARY = ("file", "sheet", "table", "seen", "loaded", "rejected", "skipped", "duplicate", "note")
LEDGER = ("file", "sheet", "row", "column", "table", "field", "action", "rule", "old", "new")
QUESTIONS = (
    "question",
    "file",
    "sheet",
    "row",
    "field",
    "asks",
    "proposal",
    "answer",
    "answered",
    "setting",
    "affects",
)
DISCREPANCIES = ("table", "record", "field", "rule", "found", "expected", "effect", "file", "sheet", "row")


def make_lab(tmp_path, *, questions=(), **settings):
    given = {"name": "trial", "client": "Client & Sons", "as_of": dt.date(2024, 3, 31), **settings}
    audits = pd.DataFrame({"audit_id": ["AU-1"], "type": ["surveillance"], "start": [pd.Timestamp("2023-06-01")]})
    return Engagement(
        folder=tmp_path,
        settings=Settings(**given),
        tables=Tables({"audits": as_canonical("audits", audits)}),
        ledger=pd.DataFrame([("a.xlsx", "S", 2, "", "audits", "", "loaded", "", "", "")], columns=list(LEDGER)),
        summary=pd.DataFrame([("a.xlsx", "S", "audits", 1, 1, 0, 0, 0, "")], columns=list(SUMMARY)),
        questions=pd.DataFrame(list(questions), columns=list(QUESTIONS)).astype({"answered": "bool"}),
        discrepancies=pd.DataFrame([], columns=list(DISCREPANCIES)),
        inputs=(InputFile(name="a.xlsx", sha256="ab" * 32, size_bytes=5120),),
    )


@pytest.fixture
def lab(tmp_path):
    return make_lab(tmp_path)


@pytest.fixture
def lab_of(tmp_path):
    """A function that makes an engagement with other settings or questions."""
    return lambda **changes: make_lab(tmp_path, **changes)


@pytest.fixture
def shown(monkeypatch):
    """What a page displays, bundle by bundle, without a kernel."""
    import IPython.display

    bundles = []
    monkeypatch.setattr(IPython.display, "display", lambda bundle, **_raw: bundles.append(bundle))
    return bundles


PARAMETERS = 'engagement = ""\nas_of = None\noutput_dir = None'


def notebook(*cells):
    """Notebook JSON of (kind, text) cells after a parameters cell."""
    all_cells = [("code", PARAMETERS), *cells]
    return {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"},
            "language_info": {"name": "python"},
        },
        "cells": [
            {
                "id": f"cell-{place}",
                "cell_type": kind,
                "metadata": {"tags": ["parameters"]} if place == 0 else {},
                "source": text,
                **({"outputs": [], "execution_count": None} if kind == "code" else {}),
            }
            for place, (kind, text) in enumerate(all_cells)
        ],
    }


@pytest.fixture
def notebooks(tmp_path):
    """A function that writes notebooks into a folder of their own: name to cells."""
    folder = tmp_path / "own notebooks {x}"

    def write(**by_name):
        folder.mkdir(exist_ok=True)
        for name, cells in by_name.items():
            (folder / f"{name}.ipynb").write_text(json.dumps(notebook(*cells)), encoding="utf-8")
        return folder

    return write


@pytest.fixture
def small(tmp_path):
    """A small engagement folder on disk, with its own awkward name."""
    folder = tmp_path / "small 'one' {a}"
    folder.mkdir()
    (folder / "auditlab.toml").write_text('name = "small"\nclient = "C"\nas_of = 2024-03-31\n', encoding="utf-8")
    (folder / "audits.csv").write_text(
        "Audit no,Type,From,Sites visited,MD,Standard\nAU-1,Surveillance,2023-06-01,A,2,ISO/IEC 20000-1:2018\n",
        encoding="utf-8",
    )
    (folder / "sites.csv").write_text("Site,Name,Central\nA,Aarlund,yes\n", encoding="utf-8")
    return folder


PAGES_OF_THIRD = ("data_readiness", "history_review", "recurring_nonconformities", "audit_plan", "audit_report")


@pytest.fixture(scope="session")
def named(halden, tmp_path_factory):
    """The sample engagement with people and hostile text in it."""

    def make(shared):
        return {"folder": str(named_engagement(halden, shared / "named" / "client"))}

    return Path(once_for_all(tmp_path_factory, "named", make)["folder"])


@pytest.fixture(scope="session")
def third(named, tmp_path_factory):
    """The run of it, as a third party: ``folder``, ``index``, ``failures`` and ``open_questions``."""

    def make(shared):
        made = run(named, notebooks=PAGES_OF_THIRD, output=shared / "third", jobs=2)
        failed = [str(one) for one in made.failures]
        return {"folder": str(made.folder), "failures": failed, "open_questions": made.open_questions}

    told = once_for_all(tmp_path_factory, "third", make)
    folder = Path(told["folder"])
    return SimpleNamespace(
        folder=folder, index=folder / "index.html", failures=told["failures"], open_questions=told["open_questions"]
    )
