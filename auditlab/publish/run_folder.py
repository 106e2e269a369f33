"""What every run has in common, of one engagement or of a portfolio: where it lies, its name, its notebooks."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from auditlab.errors import EngagementError
from auditlab.publish.contents import Failure, failure_of
from auditlab.publish.files import folder_name, reports_root, write_file
from auditlab.publish.notebook_runs import Done


def runs_root(output: str | Path | None, *, name: str) -> Path:
    """The folder of the runs of the engagement or portfolio called `name`.

    Parameters
    ----------
    output : str or Path, optional
        Folder that takes the place of ``reports``.
    name : str
        As the settings have it.

    Raises
    ------
    EngagementError
        If `output` is a file.
    """
    root = Path(output).resolve() if output is not None else reports_root()
    if root.exists() and not root.is_dir():
        raise EngagementError(f"The output {root} is a file. Name a folder.")
    return root / folder_name(name)


def new_run(root: Path, *, known: object, now: datetime) -> Path:
    """The folder of a run that nobody has: the time and a short hash, without the name of the client.

    Parameters
    ----------
    root : Path
        Folder of the runs.
    known : object
        What the run depends on, as JSON can hold it.
    now : datetime
        When it begins. [UTC]
    """
    said = json.dumps(known, sort_keys=True, default=str)
    while True:
        salt = os.urandom(8).hex()
        short = hashlib.sha256(f"{said}{now.isoformat()}{salt}".encode()).hexdigest()[:6]
        target = root / f"{now:%Y%m%dT%H%M%SZ}-{short}"
        if not target.exists():
            return target


def write_notebooks(folder: Path, done: Mapping[str, Done]) -> dict[str, Failure]:
    """Write the executed notebooks into the run folder `folder`; the failures by notebook."""
    for name, one in done.items():
        text = json.dumps(one.execution.notebook, indent=1, ensure_ascii=False)
        write_file(folder / f"{name}.ipynb", text + "\n")
    return {
        name: failure_of(name, one.execution.notebook, one.execution.error)
        for name, one in done.items()
        if one.execution.error is not None
    }
