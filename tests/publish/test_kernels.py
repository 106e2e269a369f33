"""Warm kernels are as fresh as cold ones, end with their run, and obey a limit of time."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from auditlab.publish.contents import failure_of
from auditlab.publish.engine import KernelEngine
from auditlab.publish.execute import execute_notebook
from auditlab.publish.kernels import CAN_FORK, ForkedKernel, Kernels

forks = pytest.mark.skipif(not CAN_FORK, reason="this platform starts cold kernels only")
GIVEN = {"engagement": "x"}


def printed(execution):
    assert execution.error is None, execution.error
    cells = execution.notebook["cells"]
    return "".join("".join(out.get("text", "")) for cell in cells for out in cell.get("outputs", [])).strip()


def gone(pid):
    for _ in range(300):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        # A container without an init process keeps the dead as zombies.
        if Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.05)
    return False


LOOK = """
import json, os, sys
import numpy, auditlab
fresh = {"pid": os.getpid(), "parent": os.getppid(), "left": getattr(auditlab, "left", None)}
fresh |= {"threads": len(os.listdir(f"/proc/{os.getppid()}/task")), "draw": numpy.random.rand()}
fresh |= {"given": os.environ.get("GIVEN"), "profile": os.environ["IPYTHONDIR"], "in": "In" in globals() and len(In)}
auditlab.left = "by an earlier notebook"
print(json.dumps(fresh))
"""


@forks
def test_each_notebook_has_a_process_of_its_own_that_knows_nothing_of_the_others(notebooks):
    folder = notebooks(one=[("code", LOOK)])
    with Kernels(env={"GIVEN": "yes"}, warm=True) as kernels:
        told = [json.loads(printed(execute_notebook(folder / "one.ipynb", parameters=GIVEN, kernels=kernels)))
                for _ in range(2)]  # fmt: skip
    first, second = told
    assert first["parent"] == second["parent"]  # forked from one process that has done the imports
    assert first["pid"] != second["pid"]
    assert second["left"] is None
    assert first["draw"] != second["draw"]
    assert first["threads"] == 1  # a fork of a process with threads may hang
    assert {one["given"] for one in told} == {"yes"}
    assert first["profile"] != second["profile"]
    assert not Path(first["profile"]).exists()
    assert gone(first["parent"])
    assert gone(second["pid"])


@forks
def test_kernels_and_what_they_were_forked_from_end_when_the_run_is_killed(tmp_path, notebooks):
    told = tmp_path / "pids"
    code = f"import os, time\nopen({str(told)!r}, 'w').write(f'{{os.getpid()}} {{os.getppid()}}')\ntime.sleep(600)"
    folder = notebooks(one=[("code", code)])
    program = (
        "from pathlib import Path\nfrom auditlab.publish.execute import execute_notebook\n"
        "from auditlab.publish.kernels import Kernels\n"
        f"with Kernels(warm=True) as kernels:\n"
        f"    execute_notebook(Path({str(folder / 'one.ipynb')!r}), parameters={GIVEN!r}, kernels=kernels)\n"
    )
    run = subprocess.Popen([sys.executable, "-c", program], env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})
    for _ in range(1200):
        if told.exists() and len(told.read_text(encoding="ascii").split()) == 2:
            break
        time.sleep(0.05)
    kernel, warm = map(int, told.read_text(encoding="ascii").split())
    run.kill()
    run.wait()
    assert gone(kernel)
    assert gone(warm)


@forks
def test_a_warm_process_that_ended_is_replaced_by_cold_kernels(notebooks):
    folder = notebooks(one=[("code", "print('done')")])
    with Kernels(warm=True) as kernels:
        kernels._warm._process.kill()
        kernels._warm._process.wait()
        assert printed(execute_notebook(folder / "one.ipynb", parameters=GIVEN, kernels=kernels)) == "done"


def test_a_notebook_that_takes_too_long_is_stopped_and_says_so(notebooks):
    folder = notebooks(one=[("markdown", "## Waiting"), ("code", "import time\ntime.sleep(600)")])
    execution = execute_notebook(folder / "one.ipynb", parameters=GIVEN, limit_seconds=4)
    assert execution.error.name == "NotebookTimeError"
    failure = failure_of("one", execution.notebook, execution.error)
    assert "It took longer than the limit of 4 s, so it was stopped. --time-limit sets the limit." in failure.words


def test_no_kernel_starts_once_the_run_was_stopped(notebooks):
    folder = notebooks(one=[("code", "print('done')")])
    kernels = Kernels()
    kernels.stop()
    execution = execute_notebook(folder / "one.ipynb", parameters=GIVEN, kernels=kernels)
    assert (execution.error.name, execution.error.message) == ("OSError", "the run was stopped")


def test_plain_papermill_runs_a_notebook_with_the_engine(notebooks):
    import papermill

    folder = notebooks(one=[("code", "print(engagement)")])
    papermill.engines.papermill_engines.register("auditlab", KernelEngine)
    executed = papermill.execute_notebook(
        str(folder / "one.ipynb").replace("{", "{{").replace("}", "}}"), None, parameters=GIVEN, engine_name="auditlab",
        kernel_name="python3", progress_bar=False,
    )  # fmt: skip
    assert executed.cells[-1].outputs[0].text == "x\n"


def test_a_forked_kernel_answers_like_a_child():
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    kernel = ForkedKernel(child.pid)
    assert kernel.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        kernel.wait(timeout=0.05)
    kernel.kill()
    child.wait()
    assert kernel.wait() == kernel.poll() == -9
    kernel.terminate()  # nothing happens
