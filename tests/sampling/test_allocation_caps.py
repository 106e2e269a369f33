"""No stratum gives more records than it has, where a sample is drawn; the formula alone knows no end of a stratum."""

from hypothesis import given, settings
from hypothesis import strategies as st

from auditlab.sampling import allocate


def test_a_small_stratum_with_much_spread_is_taken_whole_and_the_rest_is_shared():
    # by hand: 4 x 0.5 = 2 against 1000 x 0.001 = 1 asks the first for 20 of 30, and it has 4
    assert allocate([4, 1000], n=30, method="neyman", spread=[0.5, 0.001], capped=True) == [4, 26]
    assert allocate([5, 5], n=8, method="neyman", spread=[0.5, 0], capped=True) == [5, 3]


def test_the_formula_alone_asks_for_what_the_spread_asks():
    # R package samplingbook 1.2.4, stratasamp(): 52.63 and 47.37 of 100
    assert allocate([50, 450], n=100, method="neyman", spread=[10, 1]) == [53, 47]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40), st.floats(0, 1)), min_size=1, max_size=6), st.integers(0, 200))
def test_the_parts_add_up_and_stay_within_their_strata(strata, wanted):
    sizes, spread = [size for size, _ in strata], [value for _, value in strata]
    if not any(size * value for size, value in strata):
        return  # refused, as another test says
    n = min(wanted, sum(sizes))
    parts = allocate(sizes, n=n, method="neyman", spread=spread, capped=True)
    assert sum(parts) == n
    assert all(0 <= part <= size for part, size in zip(parts, sizes, strict=True))
