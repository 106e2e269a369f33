"""Random bytes and random cells: a file ends as sheets or as one sentence, and no cell is lost or changed on the way."""

import datetime as dt
import io
import pickle
import zipfile

import openpyxl
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from auditlab.errors import EngagementError
from auditlab.intake import open_engagement
from auditlab.intake.body_rows import telling, tells
from auditlab.intake.cell_rows import CellRows
from auditlab.intake.coded_cells import coded_cells
from auditlab.intake.distinct import distinct
from auditlab.intake.plain_texts import clean_texts
from auditlab.intake.read_limits import ReadLimits
from auditlab.intake.readers import read_files
from auditlab.intake.values import clean_text
from auditlab.settings import Limits

LIMITS = ReadLimits(**Limits().model_dump())
QUIET = {"derandomize": True, "deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}
ENDINGS = (".xlsx", ".xls", ".xlsb", ".ods", ".csv", ".tsv", ".parquet")
HEADS = (b"", b"PK\x03\x04", b"PAR1", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"<?xml ", b"\xef\xbb\xbf")
CELL = st.one_of(
    st.none(), st.text(max_size=8), st.booleans(), st.integers(-9, 9), st.floats(), st.datetimes(), st.dates()
)


def ends_well(tmp_path, name, content):
    """Read a file; whether it ends as sheets or as one message that names it."""
    path = tmp_path / name
    path.write_bytes(content)
    (found,) = read_files([(path, name)], limits=LIMITS)
    if isinstance(found, EngagementError):
        assert str(found).startswith(f"{name}: ")
        assert str(found).endswith(".")
    return True


@settings(max_examples=50, **QUIET)
@given(ending=st.sampled_from(ENDINGS), head=st.sampled_from(HEADS), rest=st.binary(max_size=400))
def test_no_bytes_stop_the_reader(tmp_path, ending, head, rest):
    assert ends_well(tmp_path, f"a{ending}", head + rest)


def workbook():
    content = io.BytesIO()
    book = openpyxl.Workbook()
    for row in (("Audit no", "Type", "From"), ("AU-1", "Surveillance", dt.date(2023, 6, 1)), ("AU-2", 1.5, True)):
        book.active.append(row)
    book.active.merge_cells("E1:E4")
    book.save(content)
    with zipfile.ZipFile(content) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


PARTS = workbook()


@settings(max_examples=50, **QUIET)
@given(part=st.sampled_from(sorted(PARTS)), place=st.floats(0, 1), new=st.binary(max_size=4), gone=st.integers(0, 4))
def test_no_change_of_a_part_of_a_workbook_stops_the_reader(tmp_path, part, place, new, gone):
    start = int(place * len(PARTS[part]))
    changed = PARTS | {part: PARTS[part][:start] + new + PARTS[part][start + gone :]}
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, text in changed.items():
            archive.writestr(name, text)
    assert ends_well(tmp_path, "a.xlsx", content.getvalue())


@settings(max_examples=50, derandomize=True, deadline=None)
@given(rows=st.lists(st.lists(CELL, max_size=5), max_size=8))
@example(rows=[[True], [1], [1.0], [False], [0]])
@example(rows=[[True], [1], [" "], [None]])
@example(rows=[[], ["a", None], [" "]])
@example(rows=[["a", None], ["b"], [None, "\u2003"]])
def test_cells_come_back_as_they_were_from_another_process(rows):
    packed = pickle.loads(pickle.dumps(coded_cells(iter(rows), ragged=True)))  # own bytes
    found = CellRows.of(packed, errors={}, rows=len(rows) + 2)
    wanted = [tuple(None if isinstance(cell, str) and not cell.strip() else cell for cell in row) for row in rows]
    wanted += [(), ()]
    assert numbers_alike(tuple(found), wanted)
    assert numbers_alike(tuple(found[place] for place in range(len(found))), wanted)
    assert numbers_alike(tuple(found[1:4]), wanted[1:4])
    assert found.sizes.tolist() == [len(row) - row.count(None) for row in wanted]
    assert found.width == max(map(len, wanted))
    for column in range(1, 7):
        cells = [row[column - 1] if column <= len(row) else None for row in wanted]
        taken = found.cells(range(1, len(wanted) + 1), column)
        assert numbers_alike([tuple(taken)], [tuple(cells)])
        assert taken.count(None) == cells.count(None)
        backward = list(range(len(wanted), 0, -2))
        assert numbers_alike([tuple(found.cells(backward, column))], [tuple(cells[row - 1] for row in backward)])
        assert same_meaning(taken, list(taken))


def same_meaning(coded, cells):
    """Whether the different cells of a column are found alike, whoever holds them."""
    (codes, values), (others, other_values) = distinct(coded), distinct(cells)
    return codes.tolist() == others.tolist() and list(map(repr, values)) == list(map(repr, other_values))


@settings(max_examples=200, derandomize=True, deadline=None)
@given(cells=st.lists(st.one_of(CELL, st.sampled_from(["Total", "a  b", " a", "a ", "a|b", "a |", "", "Grand total"]))))
def test_texts_told_at_once_are_those_told_one_by_one(cells):
    assert clean_texts(cells) == list(map(clean_text, cells))
    for header in ("", "opened at", "größe", "%"):
        assert telling(cells, header).tolist() == [isinstance(cell, str) and tells(cell, header) for cell in cells]


def numbers_alike(found, wanted):
    """Equal cells, where 1 may have become the 1.0 above it; a truth stays one."""
    return len(found) == len(wanted) and all(
        len(one) == len(other)
        and all(
            a is b or (a == b and isinstance(a, bool) == isinstance(b, bool)) for a, b in zip(one, other, strict=True)
        )
        for one, other in zip(found, wanted, strict=True)
    )


@settings(max_examples=25, **QUIET)
@given(
    rows=st.lists(
        st.tuples(*[st.one_of(st.none(), st.text(max_size=6), st.integers(-3, 9), st.datetimes(), st.booleans())] * 4),
        max_size=6,
    )
)
def test_every_filled_row_of_any_grid_is_accounted_for(folder, rows):
    book = openpyxl.Workbook()
    book.active.append(("Number", "Opened", "Priority", "Note"))
    for row in rows:
        try:
            book.active.append(row)
        except openpyxl.utils.exceptions.IllegalCharacterError:
            return
    book.save(folder.path / "incidents.xlsx")
    summary = open_engagement(folder.path).summary
    counted = summary[["loaded", "rejected", "skipped", "duplicate"]].to_numpy().sum()
    assert summary["seen"].sum() == counted
