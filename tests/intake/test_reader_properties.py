"""Properties of the readers of headers and words: a score is a share, no text stops them, and no row is lost to one."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from auditlab.intake import open_engagement
from auditlab.intake.aliases import column_aliases, known_headers
from auditlab.intake.near_headers import ASKED, SURE, near_headers
from auditlab.intake.plain import plain_header
from auditlab.intake.words import priority_scale, read_clause, read_edition, read_priority, read_state, read_word

ALIASES = column_aliases("incidents")
HEADER = st.one_of(st.text(max_size=25), st.sampled_from(sorted(ALIASES)))
CELL = st.one_of(st.none(), st.text(max_size=30), st.booleans(), st.integers(), st.floats(), st.datetimes())
SYSTEM = st.sampled_from(["", "ServiceNow", "Jira", "GLPI", "OTRS", "Zendesk", "no such tool"])


@settings(max_examples=50, deadline=None)
@given(headers=st.sets(HEADER, max_size=8), free=st.sets(st.sampled_from(sorted(set(ALIASES.values()))), max_size=6))
def test_near_headers_have_a_score_and_a_column_of_their_own_that_was_free(headers, free):
    found = near_headers(headers, aliases=ALIASES, free=free)
    assert all(ASKED <= near.likeness <= 100 for near in found)
    assert [near.likeness for near in found] == sorted((near.likeness for near in found), reverse=True)
    assert len({near.column for near in found}) == len(found)
    assert {near.column for near in found} <= free
    assert all(near.header in headers and ALIASES[near.alias] == near.column for near in found)


@settings(max_examples=50, deadline=None)
@given(alias=st.sampled_from(sorted(alias for alias in ALIASES if len(alias) >= 10)), place=st.integers(0, 9))
def test_a_long_header_with_one_letter_twice_is_read_without_a_question(alias, place):
    doubled = alias[:place] + alias[place] + alias[place:]
    found = near_headers([doubled], aliases=ALIASES, free=set(ALIASES.values()))
    if plain_header(doubled) == alias or alias[place].isdigit():
        return
    assert found[0].likeness >= SURE


@settings(max_examples=50, deadline=None)
@given(cell=CELL, system=SYSTEM)
def test_no_cell_stops_the_readers_of_words(cell, system):
    readings = [
        read_state(cell, own={}, system=system),
        read_priority(cell, scale=priority_scale([str(cell)], system=system)),
        read_word(cell, vocabulary=("yes", "no")),
        read_clause(cell),
        read_edition(cell),
    ]
    assert all(reading.value is None or isinstance(reading.value, str) for reading in readings)
    assert read_priority(cell).value in (None, "P1", "P2", "P3", "P4", "P5")


WORD = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=12).filter(lambda text: "\x00" not in text)
QUIET = {"deadline": None, "suppress_health_check": [HealthCheck.function_scoped_fixture]}


@settings(max_examples=25, **QUIET)
@given(words=st.lists(st.tuples(WORD, WORD), min_size=1, max_size=10))
def test_words_that_nobody_knows_lose_no_row(folder, words):
    rows = [("Incident number", "Opened at", "State", "Priority")]
    rows += [(f"I{number}", "2024-01-13 08:00", state, priority) for number, (state, priority) in enumerate(words)]
    lab = open_engagement(folder.workbook("i.xlsx", I=rows).path)
    assert len(lab.tables.incidents) == len(words)
    assert lab.summary["seen"].sum() == len(words)


@settings(max_examples=25, **QUIET)
@given(header=st.text(st.characters(categories=("L", "N", "P", "Zs")), min_size=1, max_size=20))
def test_a_header_that_nobody_knows_loses_no_row_and_no_column(folder, header):
    if plain_header(header) in known_headers() or not header.strip():
        return
    rows = [("Incident number", "Opened at", header), *((f"I{n}", "2024-01-13 08:00", f"x{n}") for n in range(3))]
    lab = open_engagement(folder.workbook("i.xlsx", I=rows).path)
    assert len(lab.tables.incidents) == 3
    assert lab.columns["column"].tolist() == ["A", "B", "C"]
