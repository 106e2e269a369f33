"""The kernel that `auditlab run` starts: quick, and blind to the user's and the folder's own Python files."""

from __future__ import annotations

import os
import sys
import tempfile


def main() -> None:
    """Start an IPython kernel that loads no user profile, no history and no module from the current folder."""
    # Lets "import nbformat" (which plotly tries) skip an optional grammar that takes 2 to 3 s to build.
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # None: "cannot be imported"
    with tempfile.TemporaryDirectory(prefix="auditlab-") as private:
        # Start-up files of a personal profile would make a report depend on who runs it.
        os.environ["IPYTHONDIR"] = private
        from ipykernel.kernelapp import IPKernelApp  # noqa: PLC0415  # reads IPYTHONDIR when imported

        arguments = [*sys.argv[1:], "--HistoryManager.enabled=False", "--IPKernelApp.ignore_cwd=True"]
        IPKernelApp.launch_instance(argv=arguments)
