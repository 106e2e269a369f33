"""How the documentation is built: ``make docs`` executes the walk-throughs and asks no network."""

from __future__ import annotations

import atexit
import shutil
import sys
import tempfile
from pathlib import Path

import auditlab

sys.path.insert(0, str(Path(__file__).resolve().parent))
from workplace import open_workplace

project = "auditlab"
author = "The auditlab authors"
release = auditlab.__version__
extensions = ["myst_nb", "sphinx.ext.autodoc", "numpydoc"]
exclude_patterns = ["_build", "make_*.py"]
html_theme = "alabaster"
html_theme_options = {
    "description": "ISO/IEC 20000-1 audits, prepared from the spreadsheets people have",
    "page_width": "96%",
    "body_max_width": "none",
    "fixed_sidebar": True,
}
html_static_path = ["_static"]
html_css_files = ["tables.css"]
html_show_sourcelink = False
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
numpydoc_show_class_members = False
autodoc_typehints = "none"
# A page tells what the code of today does, so nothing is taken from an earlier build.
nb_execution_mode = "force"
nb_merge_streams = True
nb_execution_timeout = 600
nb_execution_raise_on_error = True
# Diagrams stay text here; the pages of the repository draw them.
suppress_warnings = ["misc.highlighting_failure", "myst.header"]

_place = Path(tempfile.mkdtemp(prefix="auditlab-docs-"))
atexit.register(shutil.rmtree, _place, ignore_errors=True)
open_workplace(_place)
