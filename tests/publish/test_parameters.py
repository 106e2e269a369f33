"""Parameters are checked before a kernel starts; papermill itself would only warn."""

import datetime as dt

import numpy as np
import pytest

from auditlab.errors import ParameterError
from auditlab.publish.notebooks import chosen_notebooks, notebook_names
from auditlab.publish.parameters import notebook_parameters, review_day


def test_parameters_come_back_as_plain_values_with_defaults():
    checked = notebook_parameters("history_review", {"engagement": "x", "as_of": "2024-03-31"})
    assert checked == {"engagement": "x", "as_of": "2024-03-31", "output_dir": None, "change_window_days": 183}
    assert type(checked["change_window_days"]) is int


def test_text_of_a_command_line_is_read_as_its_type():
    assert (
        notebook_parameters("history_review", {"engagement": "x", "change_window_days": "90"}, from_text=True)[
            "change_window_days"
        ]
        == 90
    )


def test_an_unknown_parameter_is_named_with_the_nearest():
    with pytest.raises(
        ParameterError, match=r"no parameter 'change_windw'.*change_window_days.*Did you mean 'change_window_days'"
    ):
        notebook_parameters("history_review", {"engagement": "x", "change_windw": 3})


def test_a_parameter_name_that_is_code_is_refused():
    with pytest.raises(ParameterError, match="no parameter"):
        notebook_parameters("history_review", {"engagement": "x", "a = 1; import os": 3})


@pytest.mark.parametrize("value", ["90", 90.5, True, None, np.bool_(False), [90], -1])
def test_a_parameter_of_the_wrong_type_or_range_is_refused(value):
    with pytest.raises(ParameterError, match="history_review: parameter 'change_window_days' is"):
        notebook_parameters("history_review", {"engagement": "x", "change_window_days": value})


@pytest.mark.parametrize(("name", "given"), [
    ("improvement", np.float64(0.5)), ("improvement", 1), ("audit", np.str_("AU-1")), ("improvement", True),
    ("audit", np.bool_(False)), ("improvement", float("nan")),
])  # fmt: skip
def test_only_plain_values_reach_papermill(name, given):
    try:
        checked = notebook_parameters("audit_report", {"engagement": "x", name: given})
    except ParameterError:
        assert isinstance(given, bool | np.bool_) or given != given  # noqa: PLR0124  # no number at all
    else:
        assert type(checked[name]) in (str, float)
        assert checked[name] == given


def test_a_text_that_is_no_number_is_refused():
    with pytest.raises(ParameterError, match="'change_window_days' is 'soon'"):
        notebook_parameters("history_review", {"engagement": "x", "change_window_days": "soon"}, from_text=True)


def test_the_engagement_is_needed():
    with pytest.raises(ParameterError, match="needs the parameter 'engagement'"):
        notebook_parameters("history_review", {})


def test_a_day_is_text_or_date():
    assert review_day("2024-03-31") == review_day(dt.date(2024, 3, 31)) == "2024-03-31"
    assert review_day(None) is None


@pytest.mark.parametrize("day", ["2024-13-01", "31.3.2024", "yesterday", ""])
def test_a_wrong_day_is_refused(day):
    with pytest.raises(ParameterError, match="expected a day such as 2024-03-31"):
        review_day(day)


def test_notebooks_stand_in_reading_order():
    assert notebook_names()[:2] == ("data_readiness", "history_review")


def test_an_unknown_notebook_is_named_with_the_nearest():
    with pytest.raises(ParameterError, match=r"no notebook 'history_revue'.*Did you mean 'history_review'"):
        chosen_notebooks(("history_revue",))


def test_a_folder_without_notebooks_is_told(tmp_path):
    with pytest.raises(ParameterError, match="no notebooks in"):
        chosen_notebooks(None, folder=tmp_path)
