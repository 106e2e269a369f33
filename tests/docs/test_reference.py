"""The reference leaves nothing out: no empty cell, a formula and a source for everything, a mend for every message."""

import re
import sys
from pathlib import Path

import pandas as pd
import pytest

from auditlab.signals.definitions import definitions
from auditlab.standard.kpis import kpi_catalogue

DOCS = Path(__file__).resolve().parents[2] / "docs"
MAY_BE_EMPTY = {"default", "limits", "required", "words", "table"}
"""Columns whose empty cell says something: no default, no limit, not required, any word, every table."""
MEASURED = {"benchmarks.md"}
"""Tables of results have cells where nothing was measured."""


def table_of(name):
    return pd.read_csv(DOCS / f"{name}.csv", dtype="str", keep_default_na=False)


@pytest.fixture(scope="module")
def parts():
    sys.path.insert(0, str(DOCS))
    import reference_benchmarks
    import reference_figures
    import reference_messages

    yield reference_figures, reference_messages, reference_benchmarks
    sys.path.remove(str(DOCS))


def tables_on(page):
    """Header and rows of every table on a page."""
    for block in re.findall(r"(?:^\|.*\n)+", page.read_text(encoding="utf-8"), flags=re.MULTILINE):
        header, _, *rows = [
            [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in block.splitlines()
        ]
        yield header, rows


@pytest.mark.parametrize("page", sorted((DOCS / "reference").glob("*.md")), ids=lambda page: page.name)
def test_no_cell_that_should_say_something_is_empty(page):
    empty = [
        (header[place], row[0])
        for header, rows in tables_on(page)
        for row in rows
        for place, cell in enumerate(row)
        if cell in {"", "–"} and header[place] not in MAY_BE_EMPTY and page.name not in MEASURED
    ]
    assert empty == []


def test_every_key_figure_has_its_source_and_every_method_its_paper():
    told = table_of("kpi_sources")
    assert sorted(told["kpi"]) == sorted({*definitions(), *kpi_catalogue()["kpi"]})
    assert told["source"].ne("").all()
    assert told["table"].ne("").equals(told["method"].ne("")), "a figure that is computed has a table and a method"
    methods = table_of("kpi_methods")
    assert sorted(methods["method"]) == sorted(set(told["method"]) - {""})


def test_the_methods_told_are_those_of_a_run(halden_run):
    told = table_of("kpi_sources").set_index("kpi")
    computed = pd.read_csv(halden_run.tables / "kpis.csv", dtype="str", keep_default_na=False)
    used = computed[computed["method"] != ""].groupby("kpi")["method"].unique()
    for kpi, methods in used.items():
        assert list(methods) == [told.loc[kpi, "method"]], kpi
    for name in set(told["table"]) - {""}:
        assert (halden_run.tables / f"{name}.csv").exists() or name == "ofi_conversion_rates", name


def test_every_method_with_a_source_has_its_formula_and_no_other(parts):
    formulas = table_of("method_formulas")
    listed = {(one.module, one.name) for one in parts[0].methods()}
    assert set(zip(formulas["module"], formulas["function"], strict=True)) == listed
    assert formulas["formula"].ne("").all()


def test_every_message_tells_what_to_do(parts):
    silent = [(one.module, one.problem) for one in parts[1].messages() if one.problem and not one.mend]
    assert silent == []


def test_every_file_of_results_is_on_the_page_of_benchmarks(parts):
    page = (DOCS / "reference" / "benchmarks.md").read_text(encoding="utf-8")
    for path in (DOCS.parent / "benchmarks").glob("results_*.md"):
        assert f"\n#{path.read_text(encoding='utf-8').partition(chr(10))[0]}\n" in page, path.name
    assert all(one.purpose for one in parts[2].benchmarks())
