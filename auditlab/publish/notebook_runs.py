"""The notebooks of one run: executed side by side, or taken over where an earlier run left their result."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from auditlab.kept import CACHE_VARIABLE
from auditlab.publish.execute import Execution, execute_notebook
from auditlab.publish.files import PARTIAL, write_file
from auditlab.publish.kernels import Kernels
from auditlab.publish.parameters import PlainValue
from auditlab.publish.reuse import Earlier

Progress = Callable[[str, float], None]
"""Called with the name of a notebook and the share of it that is done [0-1]."""

FEW = 2
"""Up to so many notebooks, cold kernels start sooner than the warm process has done all its imports."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The notebooks of a run by name, and how they are to be executed."""

    sources: Mapping[str, Path]
    parameters: Mapping[str, dict[str, PlainValue]]
    cache: Path
    jobs: int
    limit_seconds: float | None
    progress: Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """A notebook that was executed, or taken over from an earlier run, and the tables it wrote."""

    execution: Execution
    tables: tuple[str, ...]
    reused_from: str = ""


def notebooks_done(asked: Asked, folder: Path, *, known: Mapping[str, Earlier]) -> dict[str, Done]:
    """Every notebook in reading order, its tables in the partial folder `folder` of the run.

    Parameters
    ----------
    asked : Asked
        The notebooks and how to execute them.
    folder : Path
        The partial folder.
    known : mapping
        What an earlier run left of some of them.
    """
    names = [name for name in asked.sources if name not in known]
    executions = _execute(asked, folder, names) if names else {}
    done = {}
    for name in asked.sources:
        if name in known:
            earlier = known[name].naming(_run_of(folder))
            for table, content in earlier.tables.items():
                write_file(folder / "tables" / f"{table}.csv", content)
            execution = Execution(notebook=earlier.notebook, error=None)
            done[name] = Done(execution=execution, tables=tuple(earlier.tables), reused_from=earlier.run)
            asked.progress(name, 1.0)
        else:
            done[name] = Done(execution=executions[name], tables=_collect(_own_folder(folder, name), folder))
    return done


def _own_folder(folder: Path, name: str) -> Path:
    """Where the notebook `name` writes: a folder of its own, whose name tells the run."""
    return folder / f"{_run_of(folder)}-{name}"


def _run_of(folder: Path) -> str:
    """The run whose partial folder `folder` is."""
    return folder.name.removeprefix(".").removesuffix(PARTIAL)


def _collect(own: Path, folder: Path) -> tuple[str, ...]:
    """Move the tables of a notebook into the run folder; their names."""
    tables = sorted((own / "tables").glob("*.csv"))
    for table in tables:
        (folder / "tables").mkdir(exist_ok=True)
        table.replace(folder / "tables" / table.name)
    shutil.rmtree(own, ignore_errors=True)
    return tuple(table.stem for table in tables)


def _execute(asked: Asked, folder: Path, names: Sequence[str]) -> dict[str, Execution]:
    def one(name: str) -> Execution:
        execution = execute_notebook(
            asked.sources[name],
            parameters=asked.parameters[name] | {"output_dir": str(_own_folder(folder, name))},
            on_cell=lambda done, cells: asked.progress(name, done / max(cells, 1)),
            kernels=kernels,
            limit_seconds=asked.limit_seconds,
        )
        asked.progress(name, 1.0)
        return execution

    pool = ThreadPoolExecutor(max_workers=asked.jobs)
    with Kernels(env={CACHE_VARIABLE: str(asked.cache)}, warm=len(names) > FEW) as kernels:
        try:
            futures = {name: pool.submit(one, name) for name in names}
            return {name: future.result() for name, future in futures.items()}
        except BaseException:
            # Ctrl-C does not wait for the end of the notebooks.
            pool.shutdown(wait=False, cancel_futures=True)
            kernels.stop()
            raise
        finally:
            pool.shutdown()
