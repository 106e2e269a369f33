"""Drawn lists, the judgement part and the seal."""

import hashlib
import hmac

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditlab.errors import ArgumentError
from auditlab.sampling import (
    canonical_list,
    draw,
    judgement_part,
    list_nonce,
    remainder,
    seal,
    seed_fingerprint,
    verify_seal,
)
from auditlab.seeds import derived_seed

SEED = "00112233445566778899aabbccddeeff"
OTHER_SEED = "00112233445566778899aabbccddeefe"
SEEDS = st.integers(0, 2**128 - 1)


def population(count, **columns):
    return pd.DataFrame({"id": [f"CHG-{i:04d}" for i in range(count)], **columns})


@given(st.integers(1, 60), SEEDS, st.randoms(use_true_random=False), st.data())
def test_the_order_of_the_rows_changes_nothing(count, seed, shuffler, data):
    n = data.draw(st.integers(0, count))
    frame = population(count)
    rows = list(range(count))
    shuffler.shuffle(rows)
    pd.testing.assert_frame_equal(draw(frame, id="id", n=n, seed=seed), draw(frame.iloc[rows], id="id", n=n, seed=seed))


@given(st.integers(1, 60), SEEDS, st.data())
def test_a_longer_list_begins_with_the_shorter_one(count, seed, data):
    n = data.draw(st.integers(0, count))
    short, long = (draw(population(count), id="id", n=size, seed=seed) for size in (n, count))
    pd.testing.assert_frame_equal(short, long.head(n))
    assert sorted(long["id"]) == list(population(count)["id"])


def test_another_seed_changes_the_list_and_nothing_else():
    one, other = (draw(population(500), id="id", n=40, seed=seed) for seed in (SEED, OTHER_SEED))
    assert set(one["id"]) != set(other["id"])
    assert list(one.columns) == list(other.columns) == ["order", "id"]
    assert one["order"].equals(other["order"])


def test_a_known_seed_draws_a_known_list():
    # numpy PCG64, partial Fisher-Yates; a change here would make sealed lists impossible to draw again
    assert list(draw(population(171), id="id", n=4, seed=SEED)["id"]) == [
        "CHG-0032",
        "CHG-0001",
        "CHG-0100",
        "CHG-0145",
    ]


def test_every_record_is_drawn_about_equally_often():
    counts = np.zeros(10)
    for seed in range(2000):
        counts[[int(item[-1]) for item in draw(population(10), id="id", n=3, seed=seed)["id"]]] += 1
    # 600 expected each, standard deviation 20.5; seeded, so this either always or never holds
    assert np.abs(counts - 600).max() < 80


def test_a_seed_is_the_same_as_number_and_as_digits():
    frame = population(50)
    as_number = draw(frame, id="id", n=10, seed=int(SEED, 16))
    pd.testing.assert_frame_equal(as_number, draw(frame, id="id", n=10, seed=SEED.upper()))
    pd.testing.assert_frame_equal(draw(frame, id="id", n=9, seed=np.int64(7)), draw(frame, id="id", n=9, seed=7))


def test_the_draw_looks_at_the_identifiers_alone():
    outcome = ["Successful", "Backed out"] * 25
    drawn = draw(population(50, outcome=outcome), id="id", n=10, seed=SEED)
    pd.testing.assert_frame_equal(drawn, draw(population(50, outcome=outcome[::-1]), id="id", n=10, seed=SEED))


def test_numbers_stay_numbers_in_the_list():
    assert draw(pd.DataFrame({"id": [10, 9, 8]}), id="id", n=3, seed=1)["id"].dtype == "int64"


@pytest.mark.parametrize(
    ("frame", "asked", "message"),
    [
        (population(5), {"n": 6}, "n is 6, more than the 5 records of the population"),
        (population(5), {"n": -1}, "n is -1"),
        (population(5), {"method": "handpicked"}, "no method 'handpicked' for draws. Use one of random"),
        (population(5), {"size": "cost"}, "size is 'cost', but the method 'random' uses none"),
        (population(5), {"strata": "site"}, "strata is 'site'"),
        (population(5), {"id": "number"}, "no column 'number' in the population. Found: id"),
        (population(5), {"seed": "secret!"}, "neither a whole number of 0 or more nor a text of hexadecimal digits"),
        (population(5), {"seed": -1}, "neither a whole number"),
        (population(5), {"seed": True}, "neither a whole number"),
        (pd.DataFrame({"id": ["a", "b", "a"]}), {}, "1 identifier stands more than once in 'id': a"),
        (pd.DataFrame({"id": ["a", None, "c"]}), {}, "empty in 1 of 3 records .first: record 2."),
    ],
)
def test_a_draw_that_cannot_be_made_says_why(frame, asked, message):
    with pytest.raises(ArgumentError, match=message):
        draw(frame, **({"id": "id", "n": 1, "seed": 1} | asked))


def test_an_unreadable_seed_is_not_repeated_in_the_message():
    with pytest.raises(ArgumentError) as raised:
        draw(population(5), id="id", n=1, seed="my password")
    assert "my password" not in str(raised.value)


FLAGS = {"late": "approved after the start", "urgent": "emergency"}


def flagged():
    return population(4, late=[True, False, True, False], urgent=[False, False, True, False]).iloc[::-1]


def test_the_judgement_part_holds_every_flagged_record_with_all_its_reasons():
    part = judgement_part(flagged(), id="id", flags=FLAGS)
    assert part.to_dict("records") == [
        {"id": "CHG-0000", "reason": "approved after the start"},
        {"id": "CHG-0002", "reason": "approved after the start; emergency"},
    ]


def test_judgement_part_and_remainder_share_no_record_and_lose_none():
    part, rest = judgement_part(flagged(), id="id", flags=FLAGS), remainder(flagged(), id="id", flags=FLAGS)
    assert sorted([*part["id"], *rest["id"]]) == sorted(flagged()["id"])
    assert list(rest.columns) == list(flagged().columns)


def test_without_flags_everything_is_left_for_the_random_part():
    assert judgement_part(flagged(), id="id", flags={}).empty
    assert len(remainder(flagged(), id="id", flags={})) == 4


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([True, None, False, None], "neither true nor false for 2 records: CHG-0001, CHG-0003"),
        (["yes", "no", "no", "no"], "holds other values than true and false"),
    ],
)
def test_a_flag_that_is_no_truth_value_is_refused(values, message):
    with pytest.raises(ArgumentError, match=message):
        judgement_part(population(4, late=values), id="id", flags={"late": "late"})


def test_a_flag_without_a_column_is_refused():
    with pytest.raises(ArgumentError, match="no column 'late' for the reason 'too late'"):
        judgement_part(population(4), id="id", flags={"late": "too late"})


ITEMS = st.lists(st.text(min_size=1, max_size=8), max_size=12)


@given(ITEMS, SEEDS, st.randoms(use_true_random=False))
def test_the_seal_opens_with_the_right_list_and_seed_in_any_order(items, seed, shuffler):
    sealed = seal(items, seed=seed, population="changes")
    shuffled = list(items)
    shuffler.shuffle(shuffled)
    assert verify_seal(shuffled, list_hash=sealed.list_hash.upper(), seed=seed, population="changes")


@given(ITEMS, ITEMS, SEEDS, SEEDS)
def test_the_seal_opens_with_nothing_else(items, others, seed, other_seed):
    sealed = seal(items, seed=seed, population="changes").list_hash
    same_list, same_seed = sorted(items) == sorted(others), seed == other_seed
    assert verify_seal(others, list_hash=sealed, seed=seed, population="changes") is same_list
    assert verify_seal(items, list_hash=sealed, seed=other_seed, population="changes") is same_seed
    assert not verify_seal(items, list_hash=sealed, seed=seed, population="incidents")


def test_an_item_cannot_pass_for_two():
    assert canonical_list(["a\nrandom\tb"], population="p") != canonical_list(["a", "b"], population="p")


def test_the_seal_can_be_checked_without_this_program():
    items = pd.DataFrame({"item": ["CHG-2", "CHG-1", "CHG-3"], "part": ["random", "random", "judgement"]})
    text = "changes\njudgement\tCHG-3\nrandom\tCHG-1\nrandom\tCHG-2\n"
    nonce = hmac.new(SEED.encode(), b"changes", hashlib.sha256).hexdigest()
    assert canonical_list(items, population="changes") == text
    assert list_nonce(SEED, population="changes") == nonce
    sealed = seal(items, seed=SEED, population="changes")
    assert sealed.list_hash == hashlib.sha256((text + nonce).encode()).hexdigest()
    assert sealed.seed_fingerprint == hashlib.sha256(SEED.encode()).hexdigest()[:12]
    assert (sealed.items, sealed.secret) == (3, True)


def test_the_part_of_an_item_is_sealed_too():
    items = pd.DataFrame({"item": ["a"], "part": ["random"]})
    sealed = seal(items, seed=SEED, population="p").list_hash
    assert not verify_seal(items.assign(part="judgement"), list_hash=sealed, seed=SEED, population="p")


@pytest.mark.parametrize(("seed", "secret"), [(7, False), ("7", False), (SEED, True), (int(SEED, 16) | 1 << 127, True)])
def test_a_short_seed_is_no_secret(seed, secret):
    assert seal(["a"], seed=seed, population="p").secret is secret


def test_the_seed_shows_in_no_result():
    sealed = seal(["a"], seed=SEED, population="p")
    assert SEED not in repr(sealed)
    assert len(seed_fingerprint(SEED)) == 12
    assert derived_seed(SEED, purpose="a") != derived_seed(SEED, purpose="b")


@pytest.mark.parametrize(
    ("items", "name", "message"),
    [
        (["a"], " ", "Give the population a name in one line"),
        (["a"], "two\nlines", "Give the population a name in one line"),
        ("CHG-1", "p", "Give the items as a list"),
        (["a", None], "p", "empty item or part"),
        (pd.DataFrame({"id": ["a"]}), "p", "no column 'item'"),
    ],
)
def test_a_list_that_cannot_be_sealed_says_why(items, name, message):
    with pytest.raises(ArgumentError, match=message):
        seal(items, seed=SEED, population=name)
