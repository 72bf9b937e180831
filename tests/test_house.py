"""The house keeps its own rules: who imports whom, how long a file is, which words stand in it, what goes in.

Everything here is read with the standard library from the source itself, so that no rule can be met by accident.
"""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
import types
import typing
from collections.abc import Iterator
from pathlib import Path

import pytest

import glasshouse

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "src" / "glasshouse"
LONGEST = {"src": 450, "tools": 450, "benchmarks": 450, "tests": 600}

# In order of flow: a module imports only from modules that stand above it, or beside it in the same entry.
FLOW = (
    ("errors",),
    ("vocabulary",),
    ("values",),
    ("linking",),
    ("randomness", "draws"),
    ("conditions",),
    ("reading", "grammar"),
    ("shelf",),
    ("mechanisms",),
    ("canonical",),
    ("reform",),
    ("society.recipe", "society.margins"),
    ("facts",),
    ("policy",),
    ("targets",),
    ("scenario",),
    ("document",),
    ("contents",),
    ("society",),
    ("explain",),
    ("tables",),
    ("kernel",),
    ("reference",),
    ("engine",),
    ("disk",),
    ("results", "keeping", "confidence"),
    ("counts",),
    ("roll",),
    ("parts", "workers"),
    ("order",),
    ("plan",),
    ("cluster",),
    ("laws", "panel"),
    ("making",),
    ("runs",),
    ("estimates",),
    ("measures",),
    ("designs", "changing"),
    ("axes",),
    ("comparison", "sweeps", "export"),
    ("replay", "merging", "estimate"),
    ("summary",),
    ("places", "roles"),
    ("answering",),
    ("fact_rows",),
    ("fact_page",),
    ("report",),
    ("cli",),
    ("__main__",),
)
# The oracle shares documents with the kernel and nothing else: what one has wrong the other must not have from it.
APART = {
    "reference": ("draws", "kernel", "tables", "engine", "society.residents", "society.ties"),
    "kernel": ("reference",),
    "tables": ("reference", "kernel"),
}


def modules() -> dict[str, Path]:
    """Every module of the package by its name below `glasshouse`; the package itself is the empty name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imports(name: str, path: Path) -> Iterator[str]:
    """Modules of the package that a module imports, also inside functions and for type checking."""
    known = modules()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name}: line {node.lineno}: imports are written in full, `from glasshouse...`"
            targets = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for target in targets:
            if target.split(".")[0] != "glasshouse":
                continue
            below = target.removeprefix("glasshouse").removeprefix(".")
            while below and below not in known:
                below = below.rpartition(".")[0]
            if below:
                yield below


def place(name: str) -> int | None:
    """Where a module stands in the flow: the entry with the longest matching name."""
    best, found = -1, None
    for rank, entry in enumerate(FLOW):
        for prefix in entry:
            if (name == prefix or name.startswith(prefix + ".")) and len(prefix) > best:
                best, found = len(prefix), rank
    return found


def test_imports_go_one_way() -> None:
    wrong = [f"{name} has no place: write it into FLOW" for name in modules() if name and place(name) is None]
    for name, path in modules().items():
        here = place(name)
        if here is None:
            continue
        for target in imports(name, path):
            there = place(target)
            if there is not None and there > here:
                wrong.append(f"{name} imports {target}, which stands below it")
    assert not wrong, "\n".join(wrong)


def test_the_oracle_stands_apart() -> None:
    wrong = []
    for name, path in modules().items():
        for target in imports(name, path):
            barred = APART.get(name.split(".")[0], ())
            wrong += [f"{name} imports {target}" for bar in barred if target == bar or target.startswith(bar + ".")]
    assert not wrong, "\n".join(wrong)


def test_no_circles() -> None:
    graph = {name: set(imports(name, path)) - {name} for name, path in modules().items() if name}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, "a circle of imports: " + " -> ".join((*trail[trail.index(name) :], name))
        if name not in done:
            for target in sorted(graph.get(name, ())):
                visit(target, (*trail, name))
            done.add(name)

    for name in sorted(graph):
        visit(name, ())


SOURCES = sorted(path for folder in LONGEST for path in (ROOT / folder).rglob("*.py"))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_short_or_says_why(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    if lines > LONGEST[path.relative_to(ROOT).parts[0]]:
        story = ast.get_docstring(tree(path)) or ""
        assert re.search(r"\blong(er)?\b.*\bbecause\b", story, re.S), f"{path.name}: {lines} lines and no word why"


NOT_A_NAME = {"manager", "handler", "helper", "helpers", "util", "utils", "process", "data", "info"}


def words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+", name)}


def test_names_are_of_the_world() -> None:
    wrong = []
    for name, path in modules().items():
        wrong += [f"module {name}"] if words(name) & NOT_A_NAME else []
        for node in ast.walk(tree(path)):
            named = isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef)
            if named and words(node.name) & NOT_A_NAME:
                wrong.append(f"{name}: line {node.lineno}: {node.name}")
    assert not wrong, "\n".join(wrong)


def test_every_module_says_what_it_is() -> None:
    assert [name for name, path in modules().items() if not ast.get_docstring(tree(path))] == []


# --- what the project says -----------------------------------------------------------------------------------------

SPOKEN = (".py", ".md", ".yaml", ".yml", ".toml", ".cff", ".css", ".txt", "")
# Places and tools of whoever writes the code say nothing to whoever reads it (put together, so as not to be found).
FOREIGN = ("/" + "work" + "/", ".." + "/shared", "sub" + "agent", "/" + "tmp/bash")


def spoken() -> Iterator[Path]:
    for folder in (*LONGEST, "docs", ".github", ".ci"):
        yield from (path for path in (ROOT / folder).rglob("*") if path.is_file() and "_build" not in path.parts)
    yield from (path for path in ROOT.iterdir() if path.is_file())


def test_nothing_of_the_workplace_is_left_lying_about() -> None:
    wrong = []
    for path in spoken():
        if path.suffix in SPOKEN and path.name != ".git":
            text = path.read_text(encoding="utf-8")
            wrong += [f"{path.relative_to(ROOT)}: {word}" for word in FOREIGN if word in text]
    assert not wrong, "\n".join(wrong)


# --- nobody real comes in ------------------------------------------------------------------------------------------

PEOPLE = {
    "event", "events", "record", "records", "row", "rows", "person", "persons", "people", "individual", "individuals",
    "attributes", "profiles", "roster", "register", "frame", "dataframe", "history", "histories", "journals",
}  # fmt: skip
CARRIERS = re.compile(r"DataFrame|LazyFrame|Series|ndarray|NDArray|ArrayLike|recarray|IO\b|Any\b")
READERS = re.compile(r"(read|scan)_(csv|excel|ods|database|json|ndjson|avro|ipc|delta|sql|table)|loadtxt|genfromtxt")
PARQUET = re.compile(r"(read|scan)_parquet|ParquetFile")
NETWORK = {"socket", "socketserver", "http", "urllib", "ftplib", "smtplib", "xmlrpc", "requests", "httpx", "aiohttp"}
RESULT_READERS = ("results", "runs")


def public_callables() -> Iterator[tuple[str, inspect.Signature]]:
    """Every public callable of the package and every public method of a public class."""
    for name in glasshouse.__all__:
        thing = getattr(glasshouse, name)
        if inspect.ismodule(thing):
            for inner in getattr(thing, "__all__", [word for word in vars(thing) if not word.startswith("_")]):
                if inspect.isfunction(found := getattr(thing, inner)):
                    yield f"{name}.{inner}", inspect.signature(found)
        elif inspect.isclass(thing) and not issubclass(thing, Exception):
            yield name, inspect.signature(thing)
            for method, found in inspect.getmembers(thing, inspect.isroutine):
                if not method.startswith("_") and str(getattr(found, "__module__", "")).startswith("glasshouse"):
                    yield f"{name}.{method}", inspect.signature(found)
        elif inspect.isfunction(thing):
            yield name, inspect.signature(thing)


def test_no_public_callable_takes_anything_about_a_subject() -> None:
    walked, wrong = 0, []
    for name, signature in public_callables():
        walked += 1
        for parameter in signature.parameters.values():
            told = parameter.annotation if isinstance(parameter.annotation, str) else repr(parameter.annotation)
            if set(parameter.name.split("_")) & PEOPLE or CARRIERS.search(told):
                wrong.append(f"{name}({parameter.name}: {told})")
            if parameter.annotation is inspect.Parameter.empty and parameter.name not in ("self", "cls"):
                wrong.append(f"{name}({parameter.name}) does not say what it takes")
    assert walked >= 1
    assert not wrong, "\n".join(wrong)


GIVEN = {str, int, float, bool, Path, list, tuple, types.NoneType, types.UnionType, typing.Union}


def leaves(annotation: object) -> set[object]:
    """The types an annotation is made of."""
    inner = typing.get_args(annotation)
    return {typing.get_origin(annotation) or annotation}.union(*map(leaves, inner))


def test_no_command_takes_anything_about_a_subject() -> None:
    from glasshouse.cli import app

    walked, wrong = set(), []
    for command in app.registered_commands:
        assert command.callback is not None
        walked.add(command.name or command.callback.__name__)
        for name, given in typing.get_type_hints(command.callback).items():
            if name != "return" and (set(name.split("_")) & PEOPLE or not leaves(given) <= GIVEN):
                wrong.append(f"glasshouse {command.callback.__name__}: {name}: {given}")
    assert walked >= {"run", "life", "verify", "validate", "explain"}
    assert not wrong, "\n".join(wrong)


def calls() -> Iterator[tuple[str, int, str]]:
    for name, path in modules().items():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call):
                target = node.func
                yield name, node.lineno, target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")


def test_tables_are_read_from_run_directories_only() -> None:
    wrong = [f"{name}: line {line}: {call}" for name, line, call in calls() if READERS.fullmatch(call)]
    wrong += [
        f"{name}: line {line}: {call} outside the run directory's own modules"
        for name, line, call in calls()
        if PARQUET.fullmatch(call) and name.split(".")[0] not in RESULT_READERS
    ]
    assert not wrong, "\n".join(wrong)


JOURNAL_READER = re.compile(r"(read|load|open|scan|import)\w*journal|journal\w*(reader|loader)")


def test_no_public_name_reads_a_journal() -> None:
    names = [name for name, _ in public_callables()]
    assert [name for name in names if "journal" in name.lower()] == []
    functions = {
        f"{name}.{node.name}"
        for name, path in modules().items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef) and JOURNAL_READER.search(node.name)
    }
    assert functions == set()


def test_no_module_listens_or_calls_out() -> None:
    wrong = []
    for name, path in modules().items():
        for node in ast.walk(tree(path)):
            targets = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            targets += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            wrong += [f"{name}: {target}" for target in targets if target.split(".")[0] in NETWORK]
    assert not wrong, "\n".join(wrong)


def test_only_the_cluster_speaks_to_other_machines() -> None:
    speaking = {
        name
        for name, path in modules().items()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for target in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""])
        if target.split(".")[0] in ("distributed", "dask")
    }
    assert speaking == {"cluster"}


# --- the front door ------------------------------------------------------------------------------------------------


def test_importing_the_package_is_light() -> None:
    asked = "import sys, glasshouse; print(sorted({'numpy', 'numba', 'polars', 'pydantic', 'rich'} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=ROOT / "src")
    assert answer.stdout.strip() == "[]"


def test_public_names_are_there_and_no_others() -> None:
    for name in glasshouse.__all__:
        assert getattr(glasshouse, name) is not None
    assert dir(glasshouse) == sorted(glasshouse.__all__)
    with pytest.raises(AttributeError, match="no public name `senario`"):
        _ = glasshouse.senario
