"""What is made once for all workers of pytest-xdist: the first makes it, the others wait for it."""

import json
import os
import time

import pytest


def once_for_all(tmp_path_factory, name, make):
    """What ``make(folder)`` told, a dictionary of JSON, for every worker; ``folder`` is common to all of them."""
    shared = tmp_path_factory.getbasetemp()
    # With xdist each worker has its own base folder below a common one.
    shared = shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared
    told = shared / f"{name}.json"
    try:
        (shared / f"{name}.lock").mkdir()
    except FileExistsError:
        _wait_for(told)
    else:
        _make(make, shared, told)
    outcome = json.loads(told.read_text(encoding="utf-8"))
    if "error" in outcome:
        pytest.fail(f"{name} failed: {outcome['error']}")
    return outcome


def _make(make, shared, told):
    try:
        outcome = make(shared)
    except Exception as error:  # noqa: BLE001  # the other workers must not wait for ever
        outcome = {"error": f"{type(error).__name__}: {error}"}
    partial = told.with_suffix(".partial")
    partial.write_text(json.dumps(outcome), encoding="utf-8")
    partial.replace(told)


def _wait_for(told):
    for _ in range(3000):
        if told.exists():
            return
        time.sleep(0.1)
    pytest.fail(f"another worker did not finish {told.stem} in five minutes")
