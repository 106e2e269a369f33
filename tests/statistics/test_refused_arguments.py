"""Numbers that cannot be: each refusal says the value and the mend."""

import pytest

from auditlab.errors import ArgumentError
from auditlab.statistics.control_charts import control_chart
from auditlab.statistics.detectability import records_to_see
from auditlab.statistics.funnels import funnel_limits
from auditlab.statistics.group_odds import group_odds
from auditlab.statistics.hazard_ratios import hazard_ratio
from auditlab.statistics.shrinkage import beta_binomial, fit_beta, fit_gamma, james_stein
from auditlab.statistics.survival import log_rank, survival

REFUSED = [
    (lambda: records_to_see(1.2, 0.1), "The share before is 1.2. Give a share from 0 to 1"),
    (lambda: records_to_see(0.1, 0.2, power=1), "power is 1. Give a number between 0 and 1"),
    (lambda: records_to_see(0.1, 0.1), "Both shares are 0.1: no number of records shows"),
    (lambda: funnel_limits([1], [2], kind="odds"), "kind is 'odds'. Use one of proportion"),
    (lambda: funnel_limits([1], [2], unadjusted="garwood"), "Limits 'garwood' are for expected counts"),
    (lambda: funnel_limits([1], [2], trim=0.5), "trim is 0.5. Give the share at each end"),
    (lambda: funnel_limits([1], [2, 3]), "1 numerators, but 2 denominators"),
    (lambda: funnel_limits([-1], [2]), "A numerator or denominator is negative"),
    (lambda: funnel_limits([1, 3], [2, 2]), "Group 2 counts 3 of 2 cases"),
    (lambda: funnel_limits([0], [0]), "No group has a denominator above 0"),
    (lambda: funnel_limits([1], [2], target=1.5), "target is 1.5. Give a value that a proportion can have"),
    (lambda: group_odds([1, 5], n=[2, 3]), "Give one count for each n, from 0 to n"),
    (lambda: group_odds([1, 0], n=[2, 0]), "1 groups have cases; two or more are needed"),
    (lambda: hazard_ratio([1, 2], [True], [1], [True]), "2 and 1 durations, but 1 and 1 flags"),
    (lambda: log_rank([1, 2], [True, True], groups=["a"]), "2 cases, but 1 groups"),
    (lambda: survival([1], [True], interval_scale="square"), "interval_scale is 'square'. Use one of"),
    (lambda: survival([1, 2], [True]), "2 durations, but 1 flags"),
    (lambda: survival([1, 2], [True, True], entry=[0]), "2 durations, but 1 entry times"),
    (lambda: survival([1, 2], [True, None]), "A case with a duration has no flag for closed"),
    (lambda: survival([-1], [True]), "A duration is negative: -1"),
    (lambda: survival([5], [True], entry=[6]), "Case 1 came under observation at 6, not before it ended at 5"),
    (lambda: fit_gamma([1], expected=[2]), "1 groups expect events; two or more"),
    (lambda: fit_beta([3], n=[2]), "A count is larger than the cases of its group"),
    (lambda: james_stein([1, 2, 3], variance=1), "3 estimates; four or more are needed"),
    (lambda: beta_binomial([1], n=[2, 3]), "1 counts, but 2 .*Give one for each group"),
    (lambda: beta_binomial([-1], n=[2]), "A group has a missing or negative count"),
    (lambda: beta_binomial([1, 0], n=[0, 3]), "A group counts events, but .* is 0"),
    (lambda: beta_binomial([0], n=[0]), "All .* are 0; there is no rate to share"),
    (lambda: control_chart([1, 2], kind="p"), "A chart of kind 'p' needs denominators"),
    (lambda: control_chart([1, 2], kind="p", denominators=[3]), "2 values, but 1 denominators"),
    (lambda: control_chart([1, 2], kind="p", denominators=[3, -3]), "A denominator is negative: -3"),
    (lambda: control_chart([1, 0], kind="t"), "A time between events is 0. A t chart needs times above 0"),
    (lambda: control_chart([1, -2], kind="c"), "A count is negative: -2. A chart of kind 'c'"),
    (lambda: control_chart([1, 4], kind="p", denominators=[3, 3]), "Point 2 counts 4 of 3"),
    (lambda: control_chart([1, 2], kind="i", exclude=[True]), "exclude has 1 flags for 2 points"),
    (lambda: control_chart([1, 2], kind="i", exclude=[3]), r"exclude is \[3\]. Points are numbered from 1 to 2"),
    (lambda: control_chart([[[1]], [[2]]], kind="xbar"), "A chart of kind 'xbar' needs subgroups"),
    (lambda: control_chart([1, 2], kind="xbar", subgroups=["a"]), "2 values, but 1 labels of subgroups"),
]


@pytest.mark.parametrize(("call", "message"), REFUSED)
def test_a_number_that_cannot_be_is_refused_with_its_value(call, message):
    with pytest.raises(ArgumentError, match=message):
        call()
