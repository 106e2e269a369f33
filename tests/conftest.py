"""One real run of the sample engagement for all tests that read its files."""

from pathlib import Path
from types import SimpleNamespace

import hypothesis
import pytest
from once_for_all import once_for_all

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
    outcome = once_for_all(tmp_path_factory, "halden-run", _run_halden)
    folder = Path(outcome["folder"])
    return SimpleNamespace(folder=folder, tables=folder / "tables", exit_code=outcome["exit_code"])


def _run_halden(shared: Path) -> dict[str, object]:
    from auditlab.publish.run import run

    result = run(HALDEN, output=shared / "reports", jobs=2)
    return {"folder": str(result.folder), "exit_code": result.exit_code}
