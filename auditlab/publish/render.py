"""From an executed notebook to the page for reading.

The page is built straight from the notebook's JSON: our outputs carry their blocks ready-made, so
a general converter would add a second of imports, a highlighter and a validator for nothing, and
its stock template calls a public address.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup

from auditlab.figures.theme import theme
from auditlab.publish.contents import Failure, cell_source
from auditlab.publish.execute import Notebook
from auditlab.publish.files import write_file
from auditlab.publish.page import MIME, PLOTLY_MIME
from auditlab.publish.templating import environment, template_text

BUNDLE = Path("assets") / "plotly.min.js"
"""Plotly for all pages of a run: copied once, loaded from beside the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What all pages of a run have in common."""

    client: str
    as_of: str
    party: str
    run_id: str
    version: str
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of the page: ready HTML, a chart, plain text or folded code."""

    kind: str
    html: str = ""
    name: str = ""
    caption: str = ""
    json: str = ""
    text: str = ""
    facets: Mapping[str, str] | None = None  # of a panel that filters can hide


def notebook_page(notebook: Notebook, *, name: str, frame: Frame, failure: Failure | None) -> str:
    """The HTML page of an executed notebook."""
    parts, contents = _parts(notebook)
    has_charts = any(part.kind == "chart" for part in parts)
    chart_script = Markup(template_text("charts.js"))  # noqa: S704  # our own script
    has_filters = any(part.kind == "html" and 'class="block filters"' in part.html for part in parts)
    filter_script = Markup(template_text("filters.js")) if has_filters else Markup()  # noqa: S704  # our own script
    own = (filter_script, chart_script if has_charts else "")
    scripts = (template_text("page.js"), *(str(script) for script in own if script))
    return (
        environment()
        .get_template("notebook.html")
        .render(
            page=_page(frame, here=name, scripts=scripts, charts=has_charts),
            title=title_of(notebook) or name.replace("_", " "),
            contents=contents,
            parts=parts,
            failure=failure,
            has_charts=has_charts,
            chart_script=chart_script,
            filter_script=filter_script,
            themes=_as_json({"light": theme().to_plotly_json(), "dark": theme(dark=True).to_plotly_json()}),
        )
    )


def index_page(*, frame: Frame, **content: Any) -> str:  # Any: the values that index.html names
    """The HTML of ``index.html``."""
    scripts = (template_text("page.js"),)
    page = _page(frame, here="", scripts=scripts, charts=False)
    return environment().get_template("index.html").render(page=page, **content)


def copy_bundle(folder: Path) -> Path:
    """Put plotly's script into the run folder `folder`."""
    import plotly  # noqa: PLC0415  # slow; only a run needs it

    source = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
    return write_file(folder / BUNDLE, source.read_bytes())


def title_of(notebook: Notebook) -> str:
    """The first heading of a notebook."""
    for cell in notebook["cells"]:
        found = (
            re.search(r"^# +(.+)$", cell_source(cell), flags=re.MULTILINE) if cell["cell_type"] == "markdown" else None
        )
        if found:
            return found.group(1).strip()
    return ""


def question_of(notebook: Notebook) -> str:
    """The first paragraph below the title: what the notebook asks."""
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            paragraphs = [part.strip() for part in cell_source(cell).split("\n\n")]
            return next((text.replace("\n", " ") for text in paragraphs if text and not text.startswith("#")), "")
    return ""


def _page(frame: Frame, *, here: str, scripts: tuple[str, ...], charts: bool) -> dict[str, object]:
    style = template_text("style.css")
    links = [{"label": "Overview", "href": "index.html", "here": not here}]
    links += [
        {"label": name.replace("_", " ").capitalize(), "href": f"{name}.html", "here": name == here}
        for name in frame.pages
    ]
    return {
        "client": frame.client,
        "as_of": frame.as_of,
        "party": frame.party,
        "run_id": frame.run_id,
        "version": frame.version,
        "links": links,
        "style": Markup(style),  # noqa: S704  # our own style sheet
        "script": Markup(template_text("page.js")),  # noqa: S704  # our own script
        "policy": _policy(style, scripts, charts=charts),
    }


def _policy(style: str, scripts: tuple[str, ...], *, charts: bool) -> str:
    """The content security policy: our own scripts by hash, nothing from anywhere else.

    Pages with charts allow inline styles, because plotly sets them; the bundle beside the page is
    'self' to Chromium even for a file, and ``file:`` to browsers that treat files as strangers.
    """
    hashes = " ".join(_hash(script) for script in scripts)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {hashes}" + (" 'self' file:" if charts else ""),
            "style-src 'unsafe-inline'" if charts else f"style-src {_hash(style)}",
            "img-src data: blob:" if charts else "img-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


def _parts(notebook: Notebook) -> tuple[list[Part], list[dict[str, str]]]:
    """The pieces of the page in order, and the entries of its list of contents."""
    parts: list[Part] = []
    contents: list[dict[str, str]] = []
    code: list[str] = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "markdown":
            # The code before the title belongs to the first section, or the page would open with it.
            if parts:
                _fold(code, parts)
            parts.append(Part(kind="html", html=_markdown(cell_source(cell), contents)))
        elif cell["cell_type"] == "code":
            parts += _outputs(cell)
            code.append(cell_source(cell))
    _fold(code, parts)
    return parts, contents


def _fold(code: list[str], parts: list[Part]) -> None:
    if code:
        parts.append(Part(kind="code", text="\n\n".join(code)))
        code.clear()


def _markdown(text: str, contents: list[dict[str, str]]) -> Markup:
    """Markdown as HTML; HTML inside it is shown as text. Second-level headings join `contents`."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(text)
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open" and opening.tag == "h2":
            anchor = re.sub(r"[^a-z0-9]+", "-", inline.content.lower()).strip("-") or "section"
            opening.attrSet("id", anchor)
            contents.append({"anchor": anchor, "label": inline.content})
    return Markup(reader.renderer.render(tokens, reader.options, {}))  # noqa: S704  # rendered without HTML


def _outputs(cell: Notebook) -> Iterator[Part]:
    for output in cell.get("outputs", []):
        bundle = output.get("data", {})
        block = bundle.get(MIME)
        if block is not None and block["kind"] == "figure":
            yield _chart(block, bundle[PLOTLY_MIME])
        elif block is not None:
            yield Part(kind="html", html=Markup(_joined(bundle["text/html"])))  # noqa: S704  # escaped by blocks.html
        elif output["output_type"] == "error":
            yield Part(kind="text", text=f"{output['ename']}: {output['evalue']}")
        else:
            text = _joined(output.get("text") or bundle.get("text/plain") or "")
            if text.strip():
                yield Part(kind="text", text=text)


def _chart(block: dict[str, Any], figure: dict[str, Any]) -> Part:  # Any: JSON
    layout = {name: value for name, value in figure.get("layout", {}).items() if name != "template"}
    drawn = _as_json({"data": figure.get("data", []), "layout": layout})
    return Part(kind="chart", name=block["name"], caption=block["caption"], json=drawn, facets=block.get("facets"))


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _as_json(value: object) -> Markup:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028"))  # noqa: S704  # no tag can start in it
