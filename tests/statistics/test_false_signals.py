"""Expected false signals against the simulated rates they rest on."""

import pytest

from auditlab.errors import ArgumentError
from auditlab.statistics import false_signals


@pytest.mark.parametrize(
    ("rules", "rate"),
    [(("limits", "anhoej"), 0.135), (("anhoej", "limits"), 0.135), (("mdc",), 0.262), (("nelson",), 0.311)],
)
def test_forty_charts_of_three_years_show_so_many_false_signals(rules, rate):
    # Rates of an independent simulation with 20,000 series; "about 5 with limits and runs, 10 with mdc, 12 with nelson"
    assert false_signals([36] * 40, rules=rules) == pytest.approx(40 * rate, abs=0.4)


def test_longer_charts_show_more_and_none_show_none():
    lengths = [0, 6, 12, 30, 48, 60, 120]
    rates = [false_signals([length]) for length in lengths]
    assert rates[0] == 0
    assert rates == sorted(rates)
    assert rates[-1] < 1
    assert false_signals([]) == 0
    assert false_signals(lengths) == pytest.approx(sum(rates))


def test_rules_without_a_measured_rate_are_refused():
    with pytest.raises(ArgumentError, match=r"No false alarms are measured for nelson2\. Use one of: limits"):
        false_signals([36], rules=["nelson2"])
    with pytest.raises(ArgumentError, match="length is -1"):
        false_signals([-1])
