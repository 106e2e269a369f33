"""Charts of the plans: what they show is what the frames hold."""

import pandas as pd

from auditlab.figures import operating_curve, rank_intervals, score_parts

RANKED = pd.DataFrame(
    {
        "rank": [1, 2, 3], "clause": ["8.5.1", "9.2", "<b>"], "site": ["B", "A", "A"], "expected": [0.4, 0.3, 0.1],
        "contribution": [2.7, 0.0, 0.0], "rank_low": [1, 1, 2], "rank_high": [2, 4, 9],
    }
)  # fmt: skip


def test_ranks_carry_the_range_of_their_draws():
    trace = rank_intervals(RANKED, top=2).data[0]
    assert list(trace.x) == [1, 2]
    assert list(trace.error_x.array) == [1, 2]
    assert list(trace.error_x.arrayminus) == [0, 1]


def test_the_parts_of_a_score_are_history_and_judgement():
    figure = score_parts(RANKED)
    assert [trace.name for trace in figure.data] == [
        "history, against the median cell",
        "declared contributions (judgement)",
    ]
    assert figure.data[0].x[1] == 0, "the middle cell is the origin"
    assert figure.data[1].marker.pattern.shape == "/", "told apart without colour"
    assert "<b>" not in "".join(figure.data[0].y)


def test_the_curve_is_drawn_against_the_tolerable_rate():
    curve = pd.DataFrame({"rate": [0.0, 0.1], "chance_of_acceptance": [1.0, 0.05]})
    figure = operating_curve(curve, tolerable=0.1)
    assert list(figure.data[0].y) == [1.0, 0.05]
    assert figure.layout.shapes[0].x0 == 0.1


def test_no_population_is_left_out_when_the_colours_are_used_up():
    curve = pd.DataFrame({"rate": 0.0, "chance_of_acceptance": 1.0, "population": [f"P{place}" for place in range(9)]})
    assert [trace.name for trace in operating_curve(curve, tolerable=0.1).data] == curve["population"].tolist()


def test_a_history_without_any_finding_has_bars_of_no_length():
    cells = pd.DataFrame({"rank": [1], "clause": ["9.2"], "site": ["A"], "expected": [0.0], "contribution": [0.0]})
    assert score_parts(cells).data[0].x == (0.0,)
