"""Every notebook runs top to bottom by Run All, in a real JupyterLab, in a real browser, from the engagement folder."""

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from auditlab.project_commands import lab_command
from auditlab.publish.notebooks import notebook_names

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        importlib.util.find_spec("jupyterlab") is None, reason="JupyterLab (requirements/lab.txt) is not installed"
    ),
    pytest.mark.skipif(
        os.environ.get("AUDITLAB_TEST_LAB") != "1", reason="takes minutes; AUDITLAB_TEST_LAB=1 (as in CI) runs it"
    ),
]

START_SECONDS = 120
NOTEBOOK_SECONDS = 300
CELLS = """() => {
  const notebook = window.jupyterapp.shell.currentWidget;
  const cells = notebook.content.widgets.map(cell => cell.model).filter(model => model.type === "code");
  return cells.map(model => ({
    count: model.executionCount,
    error: model.outputs.toJSON().filter(output => output.output_type === "error").map(output => output.evalue).join(),
  }));
}"""


@pytest.fixture(scope="module")
def engagement(tmp_path_factory):
    folder = tmp_path_factory.mktemp("lab") / "halden"
    shutil.copytree(Path(__file__).resolve().parent.parent.parent / "data" / "halden", folder)
    return folder


@pytest.fixture(scope="module")
def address(engagement, tmp_path_factory):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = lab_command(engagement, browser=False, port=port)
    home = tmp_path_factory.mktemp("home")
    own = {
        name: str(home)
        for name in ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    }
    path = os.pathsep.join(
        filter(None, [str(Path(__file__).resolve().parent.parent.parent), os.environ.get("PYTHONPATH")])
    )
    extra = [
        "--IdentityProvider.token=",
        "--ServerApp.allow_root=True",
        "--ServerApp.ip=127.0.0.1",
        "--LabApp.expose_app_in_browser=True",
    ]
    server = subprocess.Popen(
        [*command, *extra],
        env=os.environ | own | {"PYTHONPATH": path},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    base = f"http://127.0.0.1:{port}"
    for _ in range(START_SECONDS * 2):
        try:
            urllib.request.urlopen(f"{base}/api", timeout=5).close()
            break
        except (urllib.error.URLError, OSError):
            time.sleep(0.5)
    yield base
    server.terminate()
    server.wait(timeout=30)


@pytest.mark.parametrize("name", notebook_names())
def test_run_all_in_jupyterlab_ends_without_an_error(browser, address, engagement, name):
    context = browser.new_context(viewport={"width": 1300, "height": 900})
    page = context.new_page()
    # A workspace of its own: the shared one would bring back the notebook of the test before.
    page.goto(f"{address}/lab/workspaces/{name}/tree/notebooks/{name}.ipynb")
    page.wait_for_function(
        "() => window.jupyterapp && window.jupyterapp.shell.currentWidget && window.jupyterapp.shell.currentWidget.sessionContext"
        " && window.jupyterapp.shell.currentWidget.sessionContext.session",
        timeout=START_SECONDS * 1000,
    )
    page.evaluate("window.jupyterapp.commands.execute('notebook:run-all-cells')", None)
    page.wait_for_function(
        f"() => {{ const cells = ({CELLS})(); return cells.every(cell => cell.count) || cells.some(cell => cell.error); }}",
        timeout=NOTEBOOK_SECONDS * 1000,
    )
    cells = page.evaluate(CELLS)
    assert [cell["error"] for cell in cells if cell["error"]] == []
    assert all(cell["count"] for cell in cells)
    assert list((engagement / "reports").rglob("*.csv"))
    context.close()


def test_the_command_opens_the_folder_with_notebooks(engagement):
    command = lab_command(engagement, browser=True, port=8888)
    assert command[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={engagement.resolve()}" in command
    assert {path.stem for path in (engagement / "notebooks").glob("*.ipynb")} == set(notebook_names())
