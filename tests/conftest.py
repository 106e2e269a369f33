"""One real run of the sample engagement for all tests that read its files."""

import json
import os
import time
from pathlib import Path
from types import SimpleNamespace

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent
HALDEN = ROOT / "data" / "halden"

# A busy machine takes its time: how long an example takes is no property of the code.
hypothesis.settings.register_profile("no deadline", deadline=None)
hypothesis.settings.load_profile("no deadline")


@pytest.fixture(scope="session")
def halden() -> Path:
    return HALDEN


@pytest.fixture(scope="session")
def halden_run(tmp_path_factory):
    """`auditlab run data/halden`, once for all workers: ``folder``, ``tables`` and ``exit_code``."""
    shared = tmp_path_factory.getbasetemp()
    # With xdist each worker has its own base folder below a common one.
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    told = shared / "halden-run.json"
    try:
        (shared / "halden-run.lock").mkdir()
    except FileExistsError:
        _wait_for(told)
    else:
        _run_once(shared, told)
    outcome = json.loads(told.read_text(encoding="utf-8"))
    if "error" in outcome:
        pytest.fail(f"the run of data/halden failed: {outcome['error']}")
    folder = Path(outcome["folder"])
    return SimpleNamespace(folder=folder, tables=folder / "tables", exit_code=outcome["exit_code"])


def _run_once(shared: Path, told: Path) -> None:
    from auditlab.publish.run import run

    try:
        result = run(HALDEN, output=shared / "reports", jobs=2)
        outcome = {"folder": str(result.folder), "exit_code": result.exit_code}
    except Exception as error:  # noqa: BLE001  # the other workers must not wait for ever
        outcome = {"error": f"{type(error).__name__}: {error}"}
    partial = told.with_suffix(".partial")
    partial.write_text(json.dumps(outcome), encoding="utf-8")
    partial.replace(told)


def _wait_for(told: Path) -> None:
    for _ in range(3000):
        if told.exists():
            return
        time.sleep(0.1)
    pytest.fail("another worker did not finish the run of data/halden in five minutes")
