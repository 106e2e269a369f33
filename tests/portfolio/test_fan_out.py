"""Work for many clients: nothing is lost when a worker dies, and every engine gives the same."""

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from auditlab.errors import EngagementError, ParameterError
from auditlab.portfolio.fan_out import DIED, Shard, Workers, dask_workers, fan_out, local_workers


def threads(count=2):
    @contextmanager
    def start(wanted):
        with ThreadPoolExecutor(wanted) as pool:
            yield pool

    return Workers(count=count, start=start)


def doubled(number):
    if number == 3:
        raise ValueError("three is not a client")
    return 2 * number


def dies_once(task):
    """Kills its own process the first time, as a machine that runs out of memory would."""
    mark, number = task
    if number == 2 and not Path(mark).exists():
        Path(mark).write_text("died", encoding="utf-8")
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def dies_always(number):
    if number == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    return number


def test_what_fails_is_an_outcome_with_its_reason_and_the_others_go_on():
    found = {outcome.task: outcome for outcome in fan_out(list(range(6)), work=doubled, workers=threads())}
    assert found[3].result is None
    assert "three is not a client" in found[3].reason
    assert [found[number].result for number in (0, 1, 2, 4, 5)] == [0, 2, 4, 8, 10]


@pytest.mark.skipif(os.name != "posix", reason="kills with a signal")
def test_a_killed_worker_loses_nothing(tmp_path):
    tasks = [(str(tmp_path / "mark"), number) for number in range(5)]
    found = list(fan_out(tasks, work=dies_once, workers=local_workers(2)))
    assert sorted(outcome.result for outcome in found) == [0, 1, 2, 3, 4]
    assert (tmp_path / "mark").exists()


@pytest.mark.skipif(os.name != "posix", reason="kills with a signal")
def test_a_client_on_which_workers_die_again_is_listed_and_the_others_are_done():
    found = {outcome.task: outcome for outcome in fan_out([0, 1, 2], work=dies_always, workers=local_workers(1))}
    assert found[1].reason == DIED
    assert (found[0].result, found[2].result) == (0, 2)


def test_shards_have_every_client_once():
    tasks = list(range(17))
    shards = [Shard.read(f"{number}/5").of_all(tasks) for number in range(1, 6)]
    assert sorted(task for shard in shards for task in shard) == tasks


@pytest.mark.parametrize("text", ["0/3", "4/3", "2", "a/b", "1/0", "-1/2"])
def test_what_is_no_shard_is_refused(text):
    with pytest.raises(ParameterError, match="Write it like 2/8"):
        Shard.read(text)


def test_no_worker_is_refused():
    with pytest.raises(ParameterError, match="give 1 or more"):
        local_workers(0)


def test_dask_does_the_same_work():
    pytest.importorskip("distributed")
    outcomes = list(fan_out(list(range(6)), work=doubled, workers=dask_workers(None, count=1)))
    assert {outcome.task: outcome.result for outcome in outcomes} == {0: 0, 1: 2, 2: 4, 3: None, 4: 8, 5: 10}


def test_dask_that_is_not_installed_says_how_to_install_it(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    with pytest.raises(EngagementError, match=r"auditlab\[dask\]"):
        dask_workers(None, count=1)
