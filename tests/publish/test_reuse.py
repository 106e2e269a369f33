"""What is unchanged is not run again; what is taken over is whole, true and says where it comes from."""

import io
import json
import zipfile

import pandas as pd
import pytest

from auditlab.publish import notebook_runs as module
from auditlab.publish import reuse
from auditlab.publish.manifest import verify
from auditlab.publish.run import run

OPEN = (
    "import pandas as pd, auditlab\n"
    "lab = auditlab.open_engagement(engagement, as_of=as_of)\n"
    "page = auditlab.open_page(lab, 'trial', output_dir=output_dir)\n"
)
GOOD = [("markdown", "# Good\n\nAsks."), ("code", OPEN + "page.show(lab.tables.sites, name='good_table', caption='x')")]
BAD = [("markdown", "# Bad\n\nAsks."), ("code", "1 / 0")]


@pytest.fixture
def executed(monkeypatch):
    """Names of the notebooks that were really executed."""
    seen = []
    execute = module.execute_notebook

    def watched(source, **options):
        seen.append(source.stem)
        return execute(source, **options)

    monkeypatch.setattr(module, "execute_notebook", watched)
    return seen


def test_an_unchanged_notebook_is_taken_over_and_everything_else_runs(small, notebooks, tmp_path, executed):
    folder = notebooks(good=GOOD, bad=BAD)
    options = {"output": tmp_path / "out", "notebook_folder": folder}
    first = run(small, **options)
    assert sorted(executed) == ["bad", "good"]
    second = run(small, **options)
    assert sorted(executed) == ["bad", "bad", "good"]  # a failure is tried again
    assert [one.reused_from for one in second.notebooks] == ["", first.folder.name]
    assert verify(second.folder) == []
    for path in ("tables/good_table.csv", "good.ipynb"):
        assert (second.folder / path).read_bytes() == (first.folder / path).read_bytes()
        assert not (second.folder / path).samefile(first.folder / path)
    told = json.loads((second.folder / "manifest.json").read_text(encoding="utf-8"))["notebooks"]
    assert told["good"]["reused_from"] == first.folder.name
    assert told["good"]["tables"] == ["good_table"]
    assert told["bad"]["reused_from"] == ""
    assert second.folder.name in (second.folder / "good.html").read_text(encoding="utf-8")
    # The third names the run that executed it, not the one it was copied from.
    third = run(small, notebooks=["good"], **options)
    assert third.notebooks[0].reused_from == first.folder.name
    (first.folder / "tables" / "good_table.csv").write_text("changed", encoding="utf-8")
    (second.folder / "good.ipynb").write_text("{}", encoding="utf-8")
    (third.folder / "manifest.json").write_text("{", encoding="utf-8")
    assert run(small, notebooks=["good"], **options).notebooks[0].reused_from == ""
    assert run(small, notebooks=["good"], force=True, **options).notebooks[0].reused_from == ""


@pytest.fixture
def keys(small, notebooks):
    """A function that gives the key of a notebook after a change of one thing."""
    import auditlab

    folder = notebooks(good=GOOD)

    def key(**changes):
        lab = auditlab.open_engagement(small, **{k: v for k, v in changes.items() if k != "parameters"})
        return reuse.notebook_key(folder / "good.ipynb", lab=lab, parameters=changes.get("parameters", {}))

    key.folder, key.small = folder, small
    return key


def test_every_thing_that_decides_a_result_is_in_its_key(keys, monkeypatch):
    known = [keys(), keys(as_of="2023-12-31"), keys(party="third"), keys(parameters={"months": 3})]
    (keys.small / "sites.csv").write_text("Site,Name,Central\nA,Aarhus,yes\n", encoding="utf-8")
    known.append(keys())
    (keys.folder / "good.ipynb").write_text("{}", encoding="utf-8")
    known.append(keys())
    for name in ("source_hash", "package_versions"):
        monkeypatch.setattr(reuse, name, lambda: "other")
        known.append(keys())
    assert len(set(known)) == len(known)
    assert "" not in known


def test_the_place_of_the_engagement_and_of_the_run_is_not_in_the_key(keys):
    assert keys(parameters={"engagement": "/a", "output_dir": "/b"}) == keys()


def test_a_parameter_that_names_a_file_is_never_taken_over(keys, tmp_path):
    assert keys(parameters={"worksheet": str(tmp_path)}) == ""
    assert keys(parameters={"site": "A\0" + "x" * 9000}) != ""
    assert reuse.earlier_results(tmp_path, {"good": ""}) == {}


def test_a_page_that_names_its_run_names_the_one_that_took_it_over(small, notebooks, tmp_path):
    said = "page.show(lab.tables.sites.assign(run_id=page.run), name='said', caption=f'Made by {page.run}')"
    names_it = [*GOOD, ("code", said)]
    options = {"output": tmp_path / "out", "notebook_folder": notebooks(audit_report=names_it)}
    runs = [run(small, **options) for _ in range(3)]
    assert [one.notebooks[0].reused_from for one in runs] == ["", *[runs[0].folder.name] * 2]
    for one in runs:
        assert set(pd.read_csv(one.folder / "tables" / "said.csv")["run_id"]) == {one.folder.name}
        html = (one.folder / "audit_report.html").read_text(encoding="utf-8")
        assert f"Made by {one.folder.name}" in html
        assert not any(other.folder.name in html for other in runs if other is not one)
        assert verify(one.folder) == []


def test_documents_and_workbooks_that_name_their_run_name_the_one_that_took_them_over(small, tmp_path):
    options = {"output": tmp_path / "out", "notebooks": ["data_readiness", "audit_report"]}
    first, second = run(small, **options), run(small, **options)
    anew = run(small, force=True, **options)
    assert [one.reused_from for one in second.notebooks] == [first.folder.name] * 2
    made = sorted(path.relative_to(anew.folder) for path in anew.folder.glob("*/*.[dx]*") if path.suffix != ".csv")
    assert {"audit_report.docx", "audit_report.xlsx", "intake_ledger.xlsx"} <= {path.name for path in made}
    for path in made:
        parts = [office_parts(one.folder / path) for one in (first, second, anew)]
        for one, read in zip((first, second, anew), parts, strict=True):
            names = set(reuse.RUN_NAME.findall("".join(read.values())))
            assert names == ({one.folder.name} if path.stem.startswith("audit_report") else names & {one.folder.name})
        plain = [
            {part: reuse.RUN_NAME.sub("RUN", text) for part, text in read.items() if part != "docProps/core.xml"}
            for read in parts
        ]
        assert plain[0] == plain[1] == plain[2], path


def office_parts(path):
    """The parts of an Office file as text; pictures byte by byte."""
    with zipfile.ZipFile(path) as box:
        return {part: box.read(part).decode("latin-1") for part in box.namelist()}


def test_a_file_without_the_name_of_a_run_stays_byte_for_byte(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr("word/document.xml", "<t>Run 1</t>" * 50)
        box.writestr("plain.txt", b"\x00\xff")
    content = path.read_bytes()
    assert reuse.renamed(content, "Run 2", "Run 3") == content
    with zipfile.ZipFile(io.BytesIO(reuse.renamed(content, "Run 1", "Run 3"))) as box:
        assert box.read("word/document.xml") == b"<t>Run 3</t>" * 50
        assert box.read("plain.txt") == b"\x00\xff"
        assert box.getinfo("word/document.xml").compress_type == zipfile.ZIP_DEFLATED
