"""One run: validate, execute the notebooks, render, and move the finished folder into place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from auditlab.engagement import Engagement
from auditlab.errors import ParameterError
from auditlab.intake import open_engagement
from auditlab.kept import CACHE, keeping_in
from auditlab.publish.contents import Failure
from auditlab.publish.files import partial_folder
from auditlab.publish.manifest import write_manifest
from auditlab.publish.notebook_runs import Asked, Done, Progress, notebooks_done
from auditlab.publish.notebooks import chosen_notebooks
from auditlab.publish.parameters import PlainValue, notebook_parameters, own_parameters, review_day, unknown_parameter
from auditlab.publish.pdf import PDF, write_pdfs
from auditlab.publish.report import write_report
from auditlab.publish.reuse import LOCAL, earlier_results, earlier_workpapers, notebook_key, workpapers_key
from auditlab.publish.run_folder import new_run, runs_root, write_notebooks
from auditlab.publish.single_file import SINGLE_FILE, write_single_files
from auditlab.publish.trace_index import write_records
from auditlab.settings import read_settings

MAX_JOBS = 8
LIMIT_SECONDS = 3600.0
"""How long one notebook may take unless stated otherwise [s]."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookResult:
    """One notebook of a run; ``reused_from`` is the run that executed it, where it was unchanged."""

    name: str
    failure: Failure | None
    reused_from: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What a run left behind."""

    folder: Path
    index: Path
    notebooks: tuple[NotebookResult, ...]
    open_questions: int
    notes: tuple[str, ...] = ()

    @property
    def failures(self) -> tuple[Failure, ...]:
        """The notebooks that stopped before their end."""
        return tuple(notebook.failure for notebook in self.notebooks if notebook.failure is not None)

    @property
    def exit_code(self) -> int:
        """0 done; 1 a question is open or a notebook failed; 2 no notebook came to its end."""
        if len(self.failures) == len(self.notebooks):
            return 2
        return 1 if self.failures or self.open_questions else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Extras:
    """What a run writes beside its pages, when asked: pages for mailing, pages as PDF."""

    single_file: bool = False
    pdf: bool = False

    def write(self, folder: Path) -> tuple[str, ...]:
        """Write them into the run folder `folder`; what the reader must be told."""
        if self.single_file:
            write_single_files(folder, folder=folder / SINGLE_FILE)
        result = write_pdfs(folder, folder=folder / PDF) if self.pdf else None
        return (result.note,) if result is not None and result.note else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """A run whose inputs are all valid; nothing was written yet."""

    lab: Engagement
    sources: Mapping[str, Path]
    parameters: Mapping[str, dict[str, PlainValue]]
    root: Path
    extras: Extras
    limit_seconds: float | None
    force: bool
    keys: Mapping[str, str]


def run(
    engagement: str | Path,
    *,
    notebooks: Sequence[str] | None = None,
    as_of: str | date | None = None,
    output: str | Path | None = None,
    parameters: Mapping[str, object] | None = None,
    parameters_are_text: bool = False,
    jobs: int = 1,
    progress: Progress | None = None,
    notebook_folder: Path | None = None,
    single_file: bool = False,
    pdf: bool = False,
    force: bool = False,
    limit_seconds: float | None = LIMIT_SECONDS,
) -> RunResult:
    """Run notebooks on an engagement and leave a report in ``reports/<engagement>/<run-id>/``.

    Parameters
    ----------
    engagement : str or Path
        Folder of the engagement; it is only read.
    notebooks : sequence of str, optional
        Names of the notebooks; default all.
    as_of : str or date, optional
        Day of the review; wins over the settings file.
    output : str or Path, optional
        Folder that takes the place of ``reports``.
    parameters : mapping, optional
        Parameters of the notebooks by name; each goes to the notebooks that know it.
    parameters_are_text : bool
        Whether the parameters come from a command line, as text.
    jobs : int
        Notebooks executed at the same time [count].
    progress : callable, optional
        Told of the progress.
    notebook_folder : Path, optional
        Another folder with notebooks.
    single_file : bool
        Whether each page is also written as one file for mailing, in ``single-file/``.
    pdf : bool
        Whether each page is also written as PDF, in ``pdf/``.
    force : bool
        Whether notebooks run that are unchanged since an earlier run of the engagement.
    limit_seconds : float, optional
        How long one notebook may take [s]; ``None`` for as long as it wants.

    Returns
    -------
    RunResult
        The folder, its index and the failures.

    Raises
    ------
    EngagementError
        If the engagement or the output folder cannot be used; nothing was written then.
    ParameterError
        If a notebook, a parameter or a date is not valid; nothing was written then.
    """
    if not 1 <= jobs <= MAX_JOBS:
        raise ParameterError(f"jobs is {jobs}: give a number from 1 to {MAX_JOBS}.")
    if limit_seconds is not None and not limit_seconds > 0:
        raise ParameterError(f"The time limit is {limit_seconds:g} s: give a number above 0.")
    plan = _plan(
        engagement,
        chosen_notebooks(tuple(notebooks) if notebooks else None, folder=notebook_folder),
        as_of=as_of,
        output=output,
        parameters=parameters or {},
        from_text=parameters_are_text,
        extras=Extras(single_file=single_file, pdf=pdf),
        limit_seconds=limit_seconds,
        force=force,
    )
    now = datetime.now(UTC)
    known_inputs = [[file.sha256 for file in plan.lab.inputs], plan.parameters]
    target = new_run(plan.root, known=known_inputs, now=now)
    with partial_folder(target) as partial:
        known = {} if plan.force else earlier_results(plan.root, plan.keys)
        asked = Asked(
            sources=plan.sources,
            parameters=plan.parameters,
            cache=plan.root / CACHE,
            jobs=jobs,
            limit_seconds=plan.limit_seconds,
            progress=progress or _no_progress,
        )
        done = notebooks_done(asked, partial, known=known)
        with keeping_in(plan.root / CACHE):
            failures, notes = _finish(plan, partial, done, run_id=target.name, created=now)
        partial.rename(target)
    return RunResult(
        folder=target,
        index=target / "index.html",
        notebooks=tuple(
            NotebookResult(name=name, failure=failures.get(name), reused_from=one.reused_from)
            for name, one in done.items()
        ),
        open_questions=len(plan.lab.open_questions),
        notes=notes,
    )


def _no_progress(name: str, share: float) -> None:
    """Tell nobody."""


def _plan(
    engagement: str | Path,
    sources: Mapping[str, Path],
    *,
    as_of: str | date | None,
    output: str | Path | None,
    parameters: Mapping[str, object],
    from_text: bool,
    extras: Extras,
    limit_seconds: float | None,
    force: bool,
) -> _Plan:
    """Everything a run needs, validated."""
    names = tuple(sources)
    for name in parameters:
        if not any(name in own_parameters(notebook) for notebook in names):
            raise ParameterError(unknown_parameter(name, notebooks=names))
    given = {
        notebook: {name: value for name, value in parameters.items() if name in own_parameters(notebook)}
        for notebook in names
    }
    folder = Path(engagement)
    day = review_day(as_of)
    common: dict[str, object] = {"engagement": str(folder.resolve())}
    common |= {} if day is None else {"as_of": day}
    checked = {
        notebook: notebook_parameters(notebook, common | given[notebook], from_text=from_text) for notebook in names
    }
    root = runs_root(output, name=read_settings(folder, as_of=day).name) if folder.is_dir() else None
    with keeping_in(None if root is None else root / CACHE):
        lab = open_engagement(folder, as_of=day)
    # The notebooks get the day that was used, also where the settings file decided it.
    dated = {notebook: values | {"as_of": lab.settings.as_of.isoformat()} for notebook, values in checked.items()}
    return _Plan(
        lab=lab,
        sources=sources,
        parameters=dated,
        root=root or runs_root(output, name=lab.settings.name),
        extras=extras,
        limit_seconds=limit_seconds,
        force=force,
        keys={name: notebook_key(path, lab=lab, parameters=dated[name]) for name, path in sources.items()},
    )


def _finish(
    plan: _Plan, folder: Path, done: Mapping[str, Done], *, run_id: str, created: datetime
) -> tuple[dict[str, Failure], tuple[str, ...]]:
    """Write the pages, notebooks, workpapers and the manifest; the failures by notebook, and notes for the reader."""
    failures = write_notebooks(folder, done)
    notebooks = {name: one.execution.notebook for name, one in done.items()}
    key = workpapers_key(folder, lab=plan.lab)
    made = None if plan.force else earlier_workpapers(plan.root, key, run_id=run_id)
    write_report(folder, plan.lab, notebooks, failures=failures, run_id=run_id, made=made)
    write_records(folder, plan.lab)
    notes = plan.extras.write(folder)
    write_manifest(
        folder,
        plan.lab,
        run_id=run_id,
        created=created.isoformat(timespec="seconds"),
        notebooks={
            name: {
                "complete": name not in failures,
                "parameters": {key: value for key, value in plan.parameters[name].items() if key not in LOCAL},
                "key": plan.keys[name],
                "tables": list(one.tables),
                "reused_from": one.reused_from,
            }
            for name, one in done.items()
        },
        workpapers_key=key,
    )
    return failures, notes
