"""What was read once is not read again, and never comes back other than the files now say."""

import json
from dataclasses import fields

import pandas as pd
import pytest

import auditlab
from auditlab import kept as store
from auditlab.intake import opening
from auditlab.kept import Parts, cache_folder, frame_hash, keeping_in, kept, same_frame
from auditlab.signals import service_signals
from auditlab.signals.review import service_signals as work_out_signals
from auditlab.tables import Tables, as_canonical

ACCOUNTS = ("ledger", "summary", "questions", "discrepancies", "columns")


@pytest.fixture
def cache(tmp_path):
    with keeping_in(tmp_path / "cache"):
        yield tmp_path / "cache"


@pytest.fixture
def small(tmp_path):
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "auditlab.toml").write_text("as_of = 2024-03-31\n", encoding="utf-8")
    (folder / "sites.csv").write_text("Site,Name,Central\nA,Aarlund,yes\nB,Bo,no\n", encoding="utf-8")
    return folder


@pytest.fixture
def readings(monkeypatch):
    """How often the files were really read."""
    seen = []
    read = opening._read_all
    monkeypatch.setattr(opening, "_read_all", lambda *given, **named: seen.append(1) or read(*given, **named))
    return seen


def same(one, other):
    assert (one.folder, one.settings, one.inputs) == (other.folder, other.settings, other.inputs)
    for name in one.tables:
        assert same_frame(one.tables[name], other.tables[name]), name
        assert one.tables.handed_over(name) == other.tables.handed_over(name)
    for name in ACCOUNTS:
        assert same_frame(getattr(one, name), getattr(other, name)), name


@pytest.fixture(scope="module")
def bare(halden):
    """The sample, read without a cache."""
    return auditlab.open_engagement(halden)


def test_the_second_opening_of_the_sample_is_equal_and_reads_no_file(bare, halden, cache, readings):
    first, second = auditlab.open_engagement(halden), auditlab.open_engagement(halden)
    assert len(readings) == 1
    same(bare, first)
    same(first, second)


def test_columns_without_a_canonical_name_are_kept_too(small, cache, readings):
    (small / "sites.csv").write_text("Site,Name,Central,Colour\nA,Aarlund,yes,red\nB,Bo,no,\n", encoding="utf-8")
    first, second = auditlab.open_engagement(small), auditlab.open_engagement(small)
    assert len(readings) == 1
    same(first, second)
    assert first.tables.sites["given: Colour"].isna().tolist() == [False, True]


def test_without_a_named_folder_nothing_is_kept(small, readings, monkeypatch):
    monkeypatch.delenv(store.CACHE_VARIABLE, raising=False)
    assert cache_folder() is None
    auditlab.open_engagement(small)
    auditlab.open_engagement(small)
    assert len(readings) == 2
    assert sorted(path.name for path in small.iterdir()) == ["auditlab.toml", "sites.csv"]


def test_the_folder_may_come_from_the_environment(small, tmp_path, readings, monkeypatch):
    monkeypatch.setenv(store.CACHE_VARIABLE, str(tmp_path / "named"))
    auditlab.open_engagement(small)
    auditlab.open_engagement(small)
    assert len(readings) == 1
    assert (tmp_path / "named").stat().st_mode & 0o077 == 0  # as confidential as the files


def edit_file(folder):
    (folder / "sites.csv").write_text("Site,Name,Central\nA,Aarhus,yes\nB,Bo,no\n", encoding="utf-8")


def edit_settings(folder):
    (folder / "auditlab.toml").write_text('as_of = 2024-03-31\nparty = "third"\n', encoding="utf-8")


def add_file(folder):
    (folder / "suppliers.csv").write_text("Supplier,Name\nX,Xenia\n", encoding="utf-8")


def rename_file(folder):
    (folder / "sites.csv").rename(folder / "places.csv")


@pytest.mark.parametrize("change", [edit_file, edit_settings, add_file, rename_file])
def test_any_change_of_the_folder_is_read(small, cache, readings, change):
    auditlab.open_engagement(small)
    change(small)
    again = auditlab.open_engagement(small)
    assert len(readings) == 2
    with keeping_in(None):
        same(again, auditlab.open_engagement(small))


@pytest.mark.parametrize("given", [{"as_of": "2023-12-31"}, {"party": "second"}, {"edition": "2011"}])
def test_another_day_or_setting_is_read_anew(small, cache, readings, given):
    auditlab.open_engagement(small)
    auditlab.open_engagement(small, **given)
    assert len(readings) == 2


@pytest.mark.parametrize("name", ["source_hash", "package_versions"])
def test_another_version_of_the_program_reads_anew(small, cache, readings, monkeypatch, name):
    auditlab.open_engagement(small)
    monkeypatch.setattr(store, name, lambda: {"pandas": "other"})
    auditlab.open_engagement(small)
    assert len(readings) == 2


def test_a_file_that_changes_while_it_is_read_is_not_kept(small, cache, monkeypatch):
    read = opening._read_all

    def slow(folder, paths, **given):
        parts = read(folder, paths, **given)
        edit_file(folder)
        return parts

    monkeypatch.setattr(opening, "_read_all", slow)
    auditlab.open_engagement(small)
    assert not cache.exists()


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: content[:0],
        lambda content: content[:-10],
        lambda content: content[:400] + bytes([content[400] ^ 1]) + content[401:],
        lambda content: b"0" * 64 + content[64:],
    ],
)
def test_a_damaged_file_is_read_anew_and_replaced(small, cache, readings, damage):
    first = auditlab.open_engagement(small)
    (path,) = cache.glob("intake-*.kept")
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    same(first, auditlab.open_engagement(small))
    assert len(readings) == 2
    auditlab.open_engagement(small)
    assert len(readings) == 2


def test_a_folder_that_cannot_be_written_stops_nothing(small, tmp_path, readings):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with keeping_in(tmp_path / "file" / "below"):
        same(auditlab.open_engagement(small), auditlab.open_engagement(small))
    assert len(readings) == 2


def test_a_disk_that_is_full_stops_nothing_and_leaves_no_half_file(small, cache, monkeypatch):
    def full(*_given, **_named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store.Path, "replace", full)
    auditlab.open_engagement(small)
    assert [path.name for path in cache.iterdir()] == ["README.txt"]


def test_only_the_newest_results_stay(cache):
    for number in range(store.MOST + 3):
        kept("trial", key=lambda number=number: number, make=lambda: Parts(frames={}, plain="x"))
    assert len(list(cache.glob("trial-*"))) == store.MOST


@pytest.mark.parametrize(
    "frame",
    [
        pd.DataFrame({"a": ["x", 1]}, dtype="object"),
        pd.DataFrame({"a": [(1, 2)]}),
    ],
)
def test_what_would_come_back_other_than_it_is_stays_out(cache, frame):
    made = []
    for _ in range(2):
        got = kept("trial", key=lambda: 1, make=lambda: made.append(1) or Parts(frames={"f": frame}))
        assert got.frames["f"] is frame
    assert len(made) == 2


def test_a_hash_tells_values_names_and_types_apart():
    frames = [
        pd.DataFrame({"a": ["x", "yz"]}), pd.DataFrame({"a": ["xy", "z"]}), pd.DataFrame({"b": ["x", "yz"]}),
        pd.DataFrame({"a": [1, 2]}), pd.DataFrame({"a": [1.0, 2.0]}), pd.DataFrame({"a": [1, None]}, dtype="Int64"),
    ]  # fmt: skip
    assert len({frame_hash(frame) for frame in frames}) == len(frames)
    assert frame_hash(frames[0]) == frame_hash(frames[0].copy())


def _attained_by(*suppliers):
    """Two years of suppliers that get worse, with what decides a signal, a target and a chart."""
    months = pd.date_range("2022-04-01", periods=24, freq="MS")
    rows = [
        {"month": month, "supplier": supplier, "service": "S3", "metric": "repaired in time",
         "met": 195 - 2 * max(0, place - 12), "total": 200, "target": 0.98}
        for supplier in suppliers
        for place, month in enumerate(months)
    ]  # fmt: skip
    return as_canonical("sla_monthly", pd.DataFrame(rows))


def _same_field(one, other):
    if isinstance(one, pd.DataFrame):
        return same_frame(one, other)
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(_same_series, one, other))
    return type(one) is type(other) and one == other


def _same_series(one, other):
    return all(_same_field(getattr(one, each.name), getattr(other, each.name)) for each in fields(one))


def test_every_field_of_the_signals_comes_back_as_it_was_worked_out(bare, cache):
    """By the fields of the classes: one that is added and not kept fails here."""
    few = Tables({"sla_monthly": _attained_by("X", "Y"), "csat": bare.tables["csat"]})
    options = {
        "as_of": pd.Timestamp("2024-03-31"), "rules": "nelson", "seed": 7,
        "rebase": {"supplier_attainment: S3, supplier X": "2023-05"},
        "baseline": {"supplier_attainment: S3, supplier Y": "2022-07/2023-06"},
    }  # fmt: skip
    plain = work_out_signals(few, **options)
    first, second = (service_signals(few, **options) for _ in range(2))
    assert plain.series
    assert plain.rebases
    assert plain.baselines
    assert plain.signals["flagged"].any()
    assert len(list(cache.glob("signals-*"))) == 1
    for found in (first, second):
        for each in fields(plain):
            assert _same_field(getattr(found, each.name), getattr(plain, each.name)), each.name


@pytest.mark.parametrize(
    "given", [{"months": 6}, {"confidence": 0.9}, {"false_discovery_rate": 0.2}, {"rules": "nelson"}, {"seed": 1}]
)
def test_other_arguments_are_worked_out_anew(cache, given):
    for options in ({}, given):
        service_signals(Tables({}), as_of=pd.Timestamp("2024-03-31"), **options)
    assert len(list(cache.glob("signals-*"))) == 2


def test_what_is_kept_holds_no_secret_seed(small, cache):
    seed = "0123456789abcdef0123456789abcdef"
    (small / "auditlab.toml").write_text(f'as_of = 2024-03-31\nseed = "{seed}"\n', encoding="utf-8")
    auditlab.open_engagement(small)
    (path,) = cache.glob("*.kept")
    assert seed.encode() not in path.read_bytes()
    assert json.dumps(seed).encode() not in path.read_bytes()


@pytest.fixture
def named(small):
    (small / "incidents.csv").write_text(
        "Number,Opened,Service,Site,Assigned to,Short description\n"
        "INC1,2024-01-02 08:00,Mail,A,Jane Doe,Jane Doe could not log in\n",
        encoding="utf-8",
    )
    (small / "findings.csv").write_text(
        "Finding ID,Audit,Clause,Grade,Statement,Auditor\n1,A1,8.6,minor,Shown by Jane Doe,Jane Doe\n", encoding="utf-8"
    )
    (small / "actions.csv").write_text(
        "Action ID,Finding ID,Owner,Action,Due\n1,1,Jane Doe,Jane Doe writes it down,2024-02-01\n", encoding="utf-8"
    )
    return small


@pytest.fixture
def replacings(monkeypatch):
    """How often names were really replaced."""
    seen = []
    replace = opening.pseudonymised
    monkeypatch.setattr(opening, "pseudonymised", lambda lab: seen.append(1) or replace(lab))
    return seen


SEED, OTHER_SEED = "0123456789abcdef0123456789abcdef", "fedcba9876543210fedcba9876543210"
SHOWN = {"persons": {"shown": "pseudonyms"}}


def test_pseudonyms_are_kept_as_the_files_are(named, cache, readings, replacings):
    with keeping_in(None):
        bare = auditlab.open_engagement(named, **SHOWN)
    del readings[:], replacings[:]
    first, second = (auditlab.open_engagement(named, **SHOWN) for _ in range(2))
    assert (len(readings), len(replacings)) == (1, 1)
    assert bare.pseudonyms.by_identity
    for found in (first, second):
        same(found, bare)
        assert found.pseudonyms == bare.pseudonyms
        assert found.pseudonyms.text("Jane Doe") == bare.pseudonyms.text("Jane Doe") != "Jane Doe"
        assert "Jane" not in found.tables.corrective_actions.to_string()


@pytest.mark.parametrize(
    "given",
    [
        {"persons": {"shown": "pseudonyms", "key": SEED}},
        {"persons": {"shown": "pseudonyms", "key": OTHER_SEED}},
        {"persons": {"shown": "pseudonyms", "keep": ["Jane Doe"]}},
        {"persons": {"shown": "pseudonyms"}, "seed": SEED},
        {"persons": {"shown": "pseudonyms"}, "seed": OTHER_SEED},
        {"persons": {"shown": "pseudonyms"}, "as_of": "2024-01-31"},
        {"persons": {"shown": "names"}},
    ],
)
def test_another_key_or_choice_of_persons_is_worked_out_anew(named, cache, given):
    auditlab.open_engagement(named, **SHOWN)
    with keeping_in(None):
        bare = auditlab.open_engagement(named, **given)
    found = auditlab.open_engagement(named, **given)
    same(found, bare)
    assert found.pseudonyms == bare.pseudonyms


def test_a_changed_file_gets_its_pseudonyms_anew(named, cache):
    auditlab.open_engagement(named, **SHOWN)
    path = named / "actions.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Jane Doe", "Richard Roe"), encoding="utf-8")
    assert "Richard" not in auditlab.open_engagement(named, **SHOWN).tables.corrective_actions.to_string()


def test_what_is_kept_of_persons_holds_no_key(named, cache):
    auditlab.open_engagement(named, persons={"shown": "pseudonyms", "key": SEED})
    (path,) = cache.glob("persons-*")
    assert SEED.encode() not in path.read_bytes()


def test_an_engagement_that_names_nobody_is_kept_once(small, cache, readings):
    for _ in range(2):
        lab = auditlab.open_engagement(small, **SHOWN)
        assert not lab.pseudonyms.by_identity
    assert len(readings) == 1
    (path,) = cache.glob("persons-*")
    assert path.stat().st_size < 1000
