"""What a result was made with: versions of the packages that shape it, and a hash of auditlab's own files."""

from __future__ import annotations

import hashlib
import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = (
    "pandas", "numpy", "scipy", "statsmodels", "scikit-learn", "duckdb", "pyarrow", "python-calamine", "fastexcel",
    "openpyxl", "charset-normalizer", "python-dateutil", "rapidfuzz", "pydantic", "plotly", "papermill", "nbclient",
    "ipykernel", "jinja2", "markdown-it-py", "XlsxWriter", "docxtpl",
)  # fmt: skip


@cache
def package_versions() -> dict[str, str]:
    """Versions of Python and of the packages that shape a result."""
    found = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "unknown"
    return found


@cache
def source_hash() -> str:
    """SHA-256 over every file of the package: two checkouts of one version may differ."""
    package = Path(__file__).resolve().parent
    total = hashlib.sha256()
    for path in sorted(package.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            total.update(f"{path.relative_to(package).as_posix()}\0{path.stat().st_size}\0".encode())
            total.update(path.read_bytes())
    return total.hexdigest()
