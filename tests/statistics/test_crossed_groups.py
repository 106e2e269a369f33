"""Groups measured on common objects: as a mixed model of statsmodels says, and no answer where none can be."""

import warnings

import numpy as np
import pandas as pd
import pytest

from auditlab.errors import ArgumentError
from auditlab.statistics.crossed_groups import crossed_groups


def measured(*, groups=8, objects=30, each=6, spread=0.5, seed=3):
    random = np.random.default_rng(seed)
    obj = np.repeat(np.arange(objects), each)
    period = np.tile(np.arange(each), objects)
    who = random.integers(0, groups, obj.size)
    effect = random.normal(0, spread, groups)
    value = effect[who] + random.normal(0, 2, objects)[obj] + 0.3 * period + random.normal(0, 0.7, obj.size)
    return pd.DataFrame({"value": value, "who": who, "obj": obj, "period": period}), effect


def compared(frame, **options):
    return crossed_groups(
        frame["value"].to_numpy(), groups=frame["who"].to_numpy(), objects=frame["obj"].to_numpy(),
        beside=[frame["period"].to_numpy()], **options,
    )  # fmt: skip


def test_variances_and_effects_agree_with_the_mixed_model_of_statsmodels():
    from statsmodels.regression.mixed_linear_model import MixedLM

    frame, _ = measured()
    fixed = pd.get_dummies(frame[["obj", "period"]].astype("str"), drop_first=True, dtype="float64")
    fixed.insert(0, "constant", 1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = MixedLM(frame["value"], fixed, groups=frame["who"]).fit(reml=True)
    found = compared(frame)
    assert found.between == pytest.approx(float(model.cov_re.iloc[0, 0]), rel=1e-3)
    assert found.within == pytest.approx(model.scale, rel=1e-4)
    theirs = np.array([float(model.random_effects[group].iloc[0]) for group in range(8)])
    assert found.effect == pytest.approx(theirs, abs=1e-3)


def test_a_strict_group_is_found_and_the_others_are_not():
    frame, _ = measured(spread=0.0, objects=80)
    frame.loc[frame["who"] == 2, "value"] += 1.0
    found = compared(frame)
    assert found.p[2] < 0.001
    assert np.argmax(found.effect) == 2
    assert (np.delete(found.p, 2) > 0.001).all()


def test_a_group_with_objects_of_its_own_gets_no_answer():
    frame, _ = measured()
    alone = frame.assign(who=np.where(frame["obj"] >= 25, 8, frame["who"]))
    found = compared(alone)
    assert found.part[8] == -1
    assert np.isnan(found.effect[8])
    assert np.isnan(found.p[8])
    assert (found.part[:8] >= 0).all()


def test_without_a_measurement_to_spare_nothing_is_said_instead_of_no_difference():
    """Two groups, one object, one period: two measurements for two unknowns."""
    found = crossed_groups([1.0, 5.0], groups=np.array([0, 1]), objects=np.zeros(2, int), beside=[np.zeros(2, int)])
    assert (found.part >= 0).all()
    assert np.isnan([*found.effect, *found.spread, *found.p, found.icc]).all()


def test_groups_that_are_the_periods_get_no_answer():
    """Each group measured everything in its own period: nobody can tell the group from the period."""
    frame, _ = measured()
    found = compared(frame.assign(who=frame["period"]))
    assert (found.part == -1).all()
    assert found.own == pytest.approx(0, abs=1e-9)


def test_the_order_of_the_measurements_does_not_matter():
    frame, _ = measured()
    one, other = compared(frame), compared(frame.sample(frac=1, random_state=1))
    assert one.effect == pytest.approx(other.effect, abs=1e-6)


def test_one_group_is_refused():
    frame, _ = measured()
    with pytest.raises(ArgumentError, match="fewer than two groups"):
        compared(frame.assign(who=0))
    with pytest.raises(ArgumentError, match="one group, object, period"):
        crossed_groups([1.0], groups=np.array([0, 1]), objects=np.array([0]), beside=[np.array([0])])


def kinds_of(frame):
    """Every third period is of another kind, one year later for every other object."""
    return ((frame["period"] + frame["obj"]) % 3 == 0).astype("int64").to_numpy()


def beside(frame, kind):
    return crossed_groups(
        frame["value"].to_numpy(), groups=frame["who"].to_numpy(), objects=frame["obj"].to_numpy(),
        beside=[frame["period"].to_numpy(), kind],
    )  # fmt: skip


def test_differences_beside_kinds_are_those_of_least_squares_with_all_effects_written_out():
    frame, _ = measured(groups=5)
    kind = kinds_of(frame)
    frame["value"] += 3.0 * kind
    found = beside(frame, kind)
    columns = [np.equal.outer(frame[name].to_numpy(), np.unique(frame[name])) for name in ("who", "obj", "period")]
    design = np.hstack([*columns, kind[:, None]]).astype("float64")
    theirs = np.linalg.lstsq(design, frame["value"].to_numpy(), rcond=None)[0][:5]
    assert found.difference == pytest.approx(theirs - theirs.mean(), abs=1e-8)
    assert beside(frame.assign(value=frame["value"] + 50 * kind), kind).effect == pytest.approx(found.effect, abs=1e-6)


def test_a_group_that_is_a_kind_gets_no_answer_and_the_step_says_which_effect_takes_it():
    frame, _ = measured()
    kind = kinds_of(frame)
    found = beside(frame.assign(who=np.where(kind == 1, 8, frame["who"])), kind)
    assert found.part[8] == -1
    assert np.isnan([found.effect[8], found.p[8], found.difference[8]]).all()
    assert [after[8] > 0.05 for after in found.own_after] == [True, True, False]
    assert (found.part[:8] >= 0).all()


def test_groups_that_together_are_a_kind_are_compared_with_each_other_alone():
    """Each of the two differs from the other, but both together are the kind: nothing says how they stand to the rest."""
    frame, _ = measured(objects=60)
    kind = kinds_of(frame)
    who = np.where(kind == 1, 8 + frame["obj"] % 2, frame["who"])
    found = beside(frame.assign(who=who), kind)
    assert found.own[8:] == pytest.approx(found.own[8:].clip(0.05, 1))
    assert found.part[8] == found.part[9] >= 0
    assert found.part[8] not in found.part[:8]
    moved = beside(frame.assign(who=who, value=frame["value"] + 7.0 * kind), kind)
    assert moved.difference == pytest.approx(found.difference, abs=1e-8)
    assert found.difference[8:].sum() == pytest.approx(0, abs=1e-8)
