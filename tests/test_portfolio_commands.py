"""The command line of a portfolio: what it refuses, and what it says."""

import pytest

from auditlab.cli import main
from auditlab.errors import ParameterError
from auditlab.portfolio_commands import Engine, chosen_workers, progress_words
from auditlab.publish.portfolio_run import Progress


def test_a_folder_that_is_not_there_ends_with_two_and_a_sentence(tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        main(["portfolio", str(tmp_path / "none"), "--as-of", "2025-03-31"])
    assert end.value.code == 2
    assert "There is no folder" in capsys.readouterr().err


def test_a_shard_that_is_none_is_refused_before_anything_is_read(tmp_path, capsys):
    with pytest.raises(SystemExit) as end:
        main(["portfolio", str(tmp_path), "--shard", "3/2"])
    assert end.value.code == 2
    assert "Write it like 2/8" in capsys.readouterr().err


def test_a_scheduler_without_dask_is_refused():
    with pytest.raises(ParameterError, match="Add --engine dask"):
        chosen_workers(Engine.LOCAL, "tcp://node:8786", jobs=1)


def test_the_bar_says_rate_time_left_and_failures():
    said = progress_words(Progress(done=10, of=130, failed=2, seconds=10.0))
    assert said == "60 a minute, 2 min left, 2 failed"
