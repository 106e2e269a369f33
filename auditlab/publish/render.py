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
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from markdown_it import MarkdownIt
from markupsafe import Markup

from auditlab.kept import Parts, kept
from auditlab.publish.bundles import BUNDLE
from auditlab.publish.contents import Failure, cell_source
from auditlab.publish.execute import Notebook
from auditlab.publish.notebooks import DRAFTS
from auditlab.publish.page_blocks import MIME, PLOTLY_MIME
from auditlab.publish.templating import environment, template_text

BESIDE = " 'self' file:"
"""Sources of a script that lies beside the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What all pages of a run have in common."""

    client: str
    as_of: str
    party: str
    run_id: str
    version: str
    pages: tuple[str, ...]
    team_only: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of the page: ready HTML, a chart, plain text or folded code."""

    kind: str
    html: str = ""
    name: str = ""
    caption: str = ""
    json: str = ""
    text: str = ""
    title: str = ""
    facets: Mapping[str, str] | None = None  # of a panel that filters can hide
    height: int = 0  # room that a chart takes once it is drawn [px]


def notebook_page(notebook: Notebook, *, name: str, frame: Frame, failure: Failure | None) -> str:
    """The HTML page of an executed notebook."""
    parts, contents = _parts(notebook)
    drawn = [part for part in parts if part.kind == "chart"]
    scripts = ["reader.js", "page.js"]
    if any(part.kind == "html" and 'class="block filters"' in part.html for part in parts):
        scripts.append("filters.js")
    if any(part.kind == "html" and 'class="client-links"' in part.html for part in parts):
        scripts.append("clients.js")
    return (
        environment()
        .get_template("notebook.html")
        .render(
            page=_page(frame, here=name, scripts=scripts, charts=bool(drawn)),
            title=title_of(notebook) or name.replace("_", " "),
            contents=contents,
            parts=parts,
            failure=failure,
            charts=_charts() if drawn else None,
        )
    )


def index_page(*, frame: Frame, **content: Any) -> str:  # Any: the values that index.html names
    """The HTML of ``index.html``."""
    page = _page(frame, here="", scripts=["reader.js", "page.js"], charts=False)
    return environment().get_template("index.html").render(page=page, **content)


def client_page(*, frame: Frame, **content: Any) -> str:  # Any: the values that client.html names
    """The HTML of the page of one client of a portfolio; `blocks` are ready HTML."""
    page = _page(frame, here="", scripts=["reader.js", "page.js"], charts=False)
    blocks = [Markup(block) for block in content.pop("blocks")]  # noqa: S704  # escaped by blocks.html
    return environment().get_template("client.html").render(page=page, blocks=blocks, **content)


def trace_types(notebook: Notebook) -> frozenset[str]:
    """The kinds of traces that the charts of an executed notebook need."""
    return frozenset(
        trace.get("type", "scatter")
        for cell in notebook["cells"]
        for output in cell.get("outputs", [])
        for trace in output.get("data", {}).get(PLOTLY_MIME, {}).get("data", [])
    )


def _charts() -> dict[str, object]:
    """What a page needs beside its figures to draw them."""
    return {
        "bundle": BUNDLE.as_posix(),
        "themes": _as_json(kept("themes", key=lambda: None, make=_themes).plain),
        "script": _own_script("charts.js"),
    }


def _themes() -> Parts:
    """The templates of the charts as JSON; kept, because plotly and what draws with it take seconds to import."""
    from auditlab.figures.theme import theme  # noqa: PLC0415  # see above

    looks = {"light": theme().to_plotly_json(), "dark": theme(dark=True).to_plotly_json()}
    return Parts(frames={}, plain=json.loads(_as_json(looks)))


def _own_script(name: str) -> Markup:
    return Markup(template_text(name))  # noqa: S704  # our own script


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


def _page(frame: Frame, *, here: str, scripts: list[str], charts: bool) -> dict[str, object]:
    style = template_text("style.css")
    own = [_own_script(name) for name in scripts]
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
        "scripts": own,
        "team_only": here in frame.team_only,
        "draft": here in DRAFTS,
        "drafts": DRAFTS,
        "closed": frame.team_only,
        "policy": _policy(style, [*own, *([_own_script("charts.js")] if charts else [])], charts=charts),
    }


def _policy(style: str, scripts: Sequence[str], *, charts: bool) -> str:
    """The content security policy: our own scripts by hash, nothing from anywhere else.

    Pages with charts allow inline styles, because plotly sets them; the bundle beside the page is
    'self' to Chromium even for a file, and ``file:`` to browsers that treat files as strangers.
    """
    hashes = " ".join(source_hash(script) for script in scripts)
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src {hashes}" + (BESIDE if charts else ""),
            "style-src 'unsafe-inline'" if charts else f"style-src {source_hash(style)}",
            "img-src data: blob:" if charts else "img-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def source_hash(text: str) -> str:
    """`text` of a script or style as a source of the content security policy."""
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
    # A panel has its title above it on the page; the one inside is for JupyterLab.
    left_out = {"template", "title"} if block.get("title") else {"template"}
    layout = {name: value for name, value in figure.get("layout", {}).items() if name not in left_out}
    drawn = _as_json({"data": figure.get("data", []), "layout": layout})
    words = {"name": block["name"], "caption": block["caption"], "title": block.get("title", "")}
    return Part(kind="chart", json=drawn, facets=block.get("facets"), height=int(layout.get("height", 0)), **words)


def _joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def _as_json(value: object) -> Markup:
    """JSON that cannot end the script element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return Markup(text.replace("<", "\\u003c").replace("\u2028", "\\u2028"))  # noqa: S704  # no tag can start in it
