"""Names become pseudonyms that cannot be undone without the key; roles and codes stay."""

from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import auditlab
from auditlab.intake.persons import pseudonymised
from auditlab.person_names import identity_of
from auditlab.pseudonyms import PREFIX, pseudonyms_of
from auditlab.settings import WITH_NAMES
from auditlab.tables import Tables

KEY, OTHER = "ab" * 16, "cd" * 16


def made_of(*names, key=KEY, commas=False, keep=()):
    return pseudonyms_of([(name, commas) for name in names], key=key, keep=keep)


@pytest.mark.parametrize(
    "value",
    ["Change manager", "Service desk lead", "Top management", "SMS manager", "Leiterin Service Desk", "P", "AUD-07",
     "Auditor 3", "AUD-0007", "EMP-12345", "STAFF_99", "Service Desk (first level)", "P (Q)",
     "service.desk", "TBD", "unassigned", "Lead auditor P", "Responsable qualité", "Head of IT Operations", "", "  ", "-"],
)  # fmt: skip
def test_roles_and_codes_name_nobody(value):
    assert made_of(value)[1] == {}


@pytest.mark.parametrize(
    "value",
    ["Jane Doe", "LEE", "May", "Mr. May", "XU", "J. D.", "jdoe", "anna.k@example.com", "004512", "Bob from the desk",
     "Change manager Smith", "Иванов", "山田", "MS"],
)  # fmt: skip
def test_every_other_value_is_taken_for_a_name(value):
    made, listed = made_of(value)
    assert list(listed.values()) == [value]
    assert made.cell(value).startswith(PREFIX)
    assert value.casefold() not in made.cell(value)


def test_a_value_that_the_settings_keep_stays():
    made, listed = made_of("Duty Wizard", "Jane Doe", keep=["duty wizard"])
    assert list(listed.values()) == ["Jane Doe"]
    assert made.cell("Duty Wizard") == "Duty Wizard"


def test_one_person_has_one_pseudonym_however_the_name_is_written():
    made, listed = made_of("Jane Doe", "Doe, Jane", "JANE  DOE", "Dr. Jane Doe", "Jane Doe (Change manager)")
    assert len(listed) == 1
    assert len({made.cell(name) for name in ("Jane Doe", "Doe, Jane", "JANE  DOE", "Dr. Jane Doe")}) == 1


def test_several_persons_of_a_cell_are_told_apart():
    made, listed = made_of("Jane Doe; Richard Roe", "Ann Poe and Change manager", "Doe, Jane; Roe, Richard")
    assert len(listed) == 3
    first, second = made.cell("Jane Doe; Richard Roe").split("; ")
    assert made.cell("Doe, Jane; Roe, Richard") == f"{first}; {second}"
    assert made.cell("Ann Poe and Change manager").endswith(" and Change manager")
    team, names = made_of("Jane Doe, Richard Roe, P", commas=True)
    assert len(names) == 2
    assert team.cell("Jane Doe, Richard Roe, P", commas=True).endswith(", P")


def test_the_same_key_gives_the_same_pseudonym_whoever_else_is_there_and_another_key_another():
    alone, _ = made_of("Jane Doe")
    among, _ = made_of("Richard Roe", "Jane Doe", "Ann Poe")
    elsewhere, _ = made_of("Jane Doe", key=OTHER)
    assert alone.cell("Jane Doe") == among.cell("Jane Doe")
    assert alone.cell("Jane Doe") != elsewhere.cell("Jane Doe")


def test_nobody_finds_a_name_by_hashing_names_without_the_key():
    import base64
    import hashlib

    code = made_of("Jane Doe")[0].cell("Jane Doe").removeprefix(PREFIX)
    for name in ("Jane Doe", "jane doe"):
        for algorithm in ("md5", "sha1", "sha256", "sha512"):
            digest = hashlib.new(algorithm, name.encode()).digest()
            assert code not in base64.b32encode(digest).decode().lower()
            assert code not in digest.hex()


def test_without_a_key_persons_are_numbered_in_the_order_of_the_files():
    made, listed = made_of("Zoe Zed", "Adam Aye", key=None)
    assert listed == {"person-1": "Zoe Zed", "person-2": "Adam Aye"}
    assert not made.keyed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("jane doe approved", "{} approved"),
        ("approved by DOE, JANE.", "approved by {}."),
        ("Doe did, and Jane's deputy", "{} did, and {}'s deputy"),
        ("a doe in the wood", "a doe in the wood"),
        ("Jane Doe (Change manager)", "{} (Change manager)"),
        ("mail to jane.doe@example.com", "mail to {}@example.com"),
        ("Janet Doering", "Janet Doering"),
        ("<b>Jane Doe</b>\u202e", "<b>{}</b>\u202e"),
        ("Jane\nDoe", "{}\n{}"),
        ("nobody", "nobody"),
    ],
)
def test_names_in_texts_are_replaced_as_whole_words(text, expected):
    made, _ = made_of("Jane Doe")
    code = made.cell("Jane Doe")
    collapsed = code if expected == "{}\n{}" else expected.replace("{}", code)
    assert made.text(text) == collapsed


def test_the_longest_name_wins_and_a_part_of_two_names_says_a_person():
    made, _ = made_of("Anna Meier", "Anna Meier Schmidt", "Bert Schmidt")
    assert made.text("Anna Meier Schmidt") == made.cell("Anna Meier Schmidt")
    assert made.text("Anna Meier came") == f"{made.cell('Anna Meier')} came"
    assert made.text("Schmidt signed") == "(a person) signed"


def test_words_of_roles_titles_and_months_in_a_name_do_not_spoil_texts():
    made, _ = made_of("May Head", "Q", "XU")
    text = "In May the Head of quality asked XU and Q whether they may"
    assert made.text(text) == text
    assert made.text("May Head asked") == f"{made.cell('May Head')} asked"


def test_letters_written_in_two_ways_are_one_name():
    made, _ = made_of("Jürgen Müller")
    assert made.text("Ju\u0308rgen Mu\u0308ller kam") == f"{made.cell('Jürgen Müller')} kam"


def test_frames_keep_types_missing_values_and_other_columns():
    made, _ = made_of("Jane Doe")
    frame = pd.DataFrame({"text": pd.Series(["Jane Doe", None], dtype="str"), "n": [1, 2]}).set_axis([5, 6])
    now = made.frame(frame)
    assert now["text"].tolist()[0] == made.cell("Jane Doe")
    assert now["text"].isna().tolist() == [False, True]
    assert now.dtypes.equals(frame.dtypes)
    assert now.index.equals(frame.index)
    assert frame["text"].iloc[0] == "Jane Doe"


NAMES = st.text(alphabet="abcdefghijklmnopqrstuvwxyzäöüßéøñ", min_size=4, max_size=9).map(str.title)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("Service Desk (Jane Doe)", "Jane Doe"),
        ("P (Jane Doe)", "Jane Doe"),
        ("Release manager [Max Roe]", "Max Roe"),
        ("Release manager [Max Roe", "Max Roe"),
        ("P @jdoe", "jdoe"),
        ("Change manager <jane.doe@x.org>", "Jane Doe"),
        ("Change manager jane.doe@x.org", "Jane Doe"),
        ("AUD-0007 (Doe, Jane)", "Jane Doe"),
        ("Mr. (Jane Doe)", "Jane Doe"),
        ("Jane Doe <jdoe@x.org>", "Jane Doe"),
        ("Jane Doe (Max Roe)", "Jane Doe"),
    ],
)
def test_beside_a_role_or_a_code_the_name_stands_inside_the_brackets(value, name):
    made, listed = made_of(value)
    alone = made_of(name)[0].cell(name)
    assert listed == {alone: value}
    assert made.cell(value) == alone
    assert made.persons(value) == [alone]
    assert made.text(f"seen by {name}, Service Desk and P") == f"seen by {alone}, Service Desk and P"
    assert made.text("the service desk of the release manager") == "the service desk of the release manager"


def test_several_persons_in_the_brackets_of_a_role_are_told_apart():
    made, listed = made_of("Service Desk (Jane Doe; Max Roe)")
    assert made.cell("Service Desk (Jane Doe; Max Roe)") == "; ".join(listed)
    assert len(listed) == 2


@pytest.mark.parametrize("value", ["Change manager", "Service Desk (Change manager)", "service.desk@example.com", "P"])
def test_what_is_all_roles_has_no_identity(value):
    assert identity_of(value) == ""
    assert made_of(value)[1] == {}
    assert made_of(value)[0].text("the service desk") == "the service desk"


def test_only_the_same_pseudonym_is_said_once():
    made, _ = made_of(*(f"Name{chr(97 + n)} Family{chr(97 + n)}" for n in range(12)), key=None)
    assert made.text("Namea Familya, Namel Familyl") == "person-1, person-12"
    assert made.text("Namel Familyl, Namea Familya") == "person-12, person-1"
    assert made.text("Namea Familya, Familya, Namel") == "person-1, person-12"
    shared, _ = made_of("Anna Meier", "Bert Meier")
    assert shared.text("the (Meier, Meier) case") == "the ((a person)) case"


@pytest.mark.parametrize(
    "text",
    ["they will mark a stone", "Will be done by Monday", "Checked. Will follow up", "Mark all records", "- Grant access",
     "a stone in the way", "the board will grant access"],
)  # fmt: skip
def test_ordinary_words_stay_though_they_are_names_too(text):
    made, _ = made_of("Will", "Mark", "Stone", "Grant Moss", "Will Grant")
    assert made.text(text) == text


@pytest.mark.parametrize(
    ("text", "name"),
    [("approved by {}", "Stone"), ("approved by {} today", "Will"), ("{} approved it", "Stone"), ("{}, as agreed", "Will"),
     ("Mr. {} approved it", "Will"), ("closed by {}", "jdoe"), ("closed by {}", "JDOE")],
)  # fmt: skip
def test_names_of_one_word_are_replaced_where_they_are_written_as_names(text, name):
    made, _ = made_of("Will", "Stone", "jdoe")
    assert made.text(text.format(name)) == text.format(made.cell(name))


@pytest.mark.parametrize("team", ["Phoenix Team", "Oslo Desk", "Payments Group", "Quality Board", "Harbour Department"])
def test_names_of_teams_give_no_parts(team):
    made, _ = made_of(team)
    word = team.split()[0]
    assert made.text(f"{word} was rebuilt") == f"{word} was rebuilt"


def test_names_of_things_are_not_parts_of_names():
    made, _ = pseudonyms_of(
        [("Jane London", False), ("Max Atlas", False), ("Phoenix", False)],
        key=KEY,
        things=["London", "Atlas Hosting", "SVC-MAX-1", "Phoenix", "Jane London"],
    )
    text = "London moved to Atlas Hosting and SVC-MAX-1 to Phoenix"
    assert made.text(text) == text
    jane, atlas = made.cell("Jane London"), made.cell("Max Atlas")
    assert made.text("London, Jane and Max and Atlas") == f"{jane} and {atlas} and {atlas}"
    assert made.text("Jane London left") == f"{jane} left"


def test_codes_with_digits_give_no_parts_but_a_full_name_beside_digits_does():
    made, _ = made_of("AUD 20245", "Jane Doe 12345")
    assert made.text("see AUD-2024-01 and AUD") == "see AUD-2024-01 and AUD"
    assert made.text("Doe signed") == f"{made.cell('Jane Doe 12345')} signed"


@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=6), st.text(max_size=30))
def test_no_whole_name_is_left_in_a_text(pairs, other):
    names = [f"{first} {last}" for first, last in pairs]
    made, listed = made_of(*names)
    shown = made.text("; ".join([*names, other, *names]))
    left = identity_of(shown.replace(",", " ").replace("@", " "))
    for name in listed.values():
        assert f" {identity_of(name)} " not in f" {left} "


def test_names_of_the_sites_of_an_engagement_are_known_as_things(halden):
    lab = auditlab.open_engagement(halden, persons=WITH_NAMES)
    actions = lab.tables.corrective_actions
    sites = lab.tables.sites.assign(name="Harbour", aliases="Old Quay; Pier")
    one = actions.head(1).assign(owner="Jane Harbour-Pier", root_cause="Jane moved Pier and Old Quay to Harbour")
    tables = {name: lab.tables[name] for name in lab.tables} | {"sites": sites, "corrective_actions": one}
    settings = lab.settings.model_copy(
        update={"persons": lab.settings.persons.model_copy(update={"shown": "pseudonyms"})}
    )
    shown = pseudonymised(replace(lab, tables=Tables(tables), settings=settings)).tables.corrective_actions
    (owner,), (cause,) = shown["owner"], shown["root_cause"]
    assert owner.startswith(PREFIX)
    assert cause == f"{owner} moved Pier and Old Quay to Harbour"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("owner Jonas Berg.", "owner Jonas (a person)."),
        ("owner Berg, Jonas", "owner (a person), Jonas"),
        ("Anna Schmidt signed", "(a person) Schmidt signed"),
        ("J. Berg signed", "J. (a person) signed"),
        ("JONAS BERG", "JONAS (a person)"),
        ("Berg-Hansen signed", "(a person)-Hansen signed"),
        ("Anna Roe signed", "(a person) signed"),
        # the known person
        ("owner Anna Berg.", "owner {}."),
        ("owner Berg.", "owner {}."),
        ("A. Berg signed", "A. {} signed"),
        ("Dr. Berg and Change Manager Berg", "Dr. {} and Change Manager {}"),
        ("approved by Berg. The change went on", "approved by {}. The change went on"),
        ("Berg, Roe", "{}, {roe}"),
        ("in June Berg left", "in June {} left"),
        ("the CAB: Berg", "the CAB: {}"),
        ("QA Berg", "QA {}"),
        ("Oslo Berg", "Oslo {}"),
    ],
)
def test_a_part_of_a_name_beside_another_name_is_not_ascribed_to_the_person_known(text, expected):
    made, _ = pseudonyms_of([("Anna Berg", False), ("Richard Roe", False)], key=KEY, things=["Oslo"])
    assert made.text(text) == expected.replace("{roe}", made.cell("Richard Roe")).replace("{}", made.cell("Anna Berg"))
