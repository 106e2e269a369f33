"""What stands beside the package agrees with it: dependencies, environment, citation, pictures, spelling."""

import ast
import importlib.metadata
import importlib.util
import re
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import auditlab

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md"), *(ROOT / "benchmarks").glob("*.md")])
CONDA = {"duckdb": "python-duckdb", "jupyter-client": "jupyter_client"}
"""Names on conda-forge where they are others than on PyPI."""
EXTRA = {"distributed": "dask", "fsspec": "cloud", "s3fs": "cloud"}
"""Imported only where an extra is asked for."""
OPTIONAL = {"weasyprint"}
"""Used where it is there, and never asked for."""


def required():
    return {canonicalize_name(one.name): one for one in map(Requirement, PROJECT["project"]["dependencies"])}


def imported():
    """Distributions that the package imports, by the names of their modules."""
    modules = set()
    for path in (ROOT / "auditlab").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                modules.add(str(node.module).partition(".")[0])
    return modules - set(sys.stdlib_module_names) - {"auditlab"} - set(EXTRA) - OPTIONAL


def test_what_the_package_imports_is_required():
    by_module = importlib.metadata.packages_distributions()
    missing = {
        module
        for module in imported()
        if not {canonicalize_name(name) for name in by_module.get(module, ())} & set(required())
    }
    # docx comes with docxtpl and IPython with ipykernel, which are nothing without them.
    assert missing <= {"docx", "IPython"}


def test_the_environment_of_conda_is_in_step_with_the_project():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    given = dict(re.fullmatch(r"([\w.-]+)\s*(.*)", line).groups() for line in listed if isinstance(line, str))
    assert given["python"] == PROJECT["project"]["requires-python"]
    for name, requirement in required().items():
        conda = CONDA.get(name, name)
        assert conda in given, f"environment.yml lacks {conda}"
        wanted = {str(one) for one in requirement.specifier}
        assert set(given[conda].replace(" ", "").split(",")) == wanted, conda


def test_the_citation_names_this_version():
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["cff-version"] == "1.2.0"
    assert {"message", "title", "authors"} <= set(cited)  # what the format requires
    assert (cited["version"], cited["license"]) == (auditlab.__version__, PROJECT["project"]["license"])


def headings(page):
    """Anchors of a page as GitHub and MyST make them."""
    told = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in told}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_and_their_anchors_resolve(page):
    for target in re.findall(r"(?<!`)\[[^\]]*\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if "://" in target:
            assert target.startswith("https://"), target
            continue
        path, _, anchor = target.partition("#")
        other = (page.parent / path).resolve() if path else page
        assert other.exists(), f"{page.name}: {target}"
        assert not anchor or anchor in headings(other), f"{page.name}: {target}"


def shots():
    sys.path.insert(0, str(DOCS))
    try:
        import make_pictures
    finally:
        sys.path.remove(str(DOCS))
    return make_pictures.SHOTS


def test_every_picture_is_shown_is_there_and_is_made_by_the_script():
    shown = {
        (page.parent / path).resolve()
        for page in PAGES
        for path in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    }
    there = {path.resolve() for path in DOCS.rglob("*.png") if "_build" not in path.parts}
    assert shown == there
    assert {path.stem for path in there} == set(shots())
