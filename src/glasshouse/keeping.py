"""The documents a run keeps: as they were written, and in their canonical form, from which it runs again.

In a run directory `documents/canonical` holds the scenario and everything it joins, whole and without the library;
`documents/verbatim` the same documents as they were found; `documents/facts` the facts their sources name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from glasshouse.canonical import canonical_text, digest
from glasshouse.errors import RunFailed
from glasshouse.scenario import Scenario, load_scenario
from glasshouse.shelf import FACT_ID, Library

if TYPE_CHECKING:
    from glasshouse.results import Writing

CANONICAL: Final = "documents/canonical"
VERBATIM: Final = "documents/verbatim"
FACTS: Final = "documents/facts"
BASED_ON: Final = re.compile(r"^based_on: *[\"']?([\w-]+)", re.M)


def beside(path: Path | str) -> tuple[Path, ...]:
    """A document file and the documents in its folder: they stand before the library's."""
    file = Path(path)
    if not file.is_file():
        return ()
    return (file, *(other for other in sorted(file.parent.glob("*.yaml")) if other != file and other.is_file()))


def load(
    name_or_path: str | Path,
    *,
    policy_files: Iterable[Path | str] = (),
    sets: Iterable[str] = (),
    without: Iterable[str] = (),
    reading: str | None = None,
) -> Scenario:
    """A scenario of the library, or of a file beside whose documents it is read; with what is asked of it.

    Raises InvalidDocuments with all mistakes.
    """
    library = Library.default().with_files(beside(name_or_path))
    return load_scenario(
        name_or_path, library, policy_files=policy_files, sets=sets, without=without, reading=reading
    )


def kept_scenario(run: Path) -> Scenario:
    """The scenario that a run directory keeps, read from its canonical documents."""
    folder = run / CANONICAL
    found = sorted(folder.glob("scenario-*.yaml"))
    if len(found) != 1:
        raise RunFailed(f"{run} does not keep the documents it was made from: {folder} holds no scenario")
    return load_scenario(found[0], Library((folder, run / FACTS)))


def names(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """Kind and name of every document of a scenario, itself first."""
    for document in (scenario, *scenario.documents()):
        yield document.KIND, document.name  # type: ignore[attr-defined]


def keep_documents(
    scenario: Scenario, writing: Writing, files: Iterable[Path | str] = (), *, read_back: bool = True
) -> dict[str, str]:
    """Writes a scenario's documents into a run directory; the digest of each canonical form, by `KIND/NAME`.

    `files` are looked at before the library for what was written. With `read_back` the canonical documents are read at
    once: raises InvalidDocuments or RunFailed if they are not the scenario that is run, which then could not be run
    again. A scenario that comes straight from documents needs no such look.
    """
    library = Library.default().with_files(files)
    for document, (kind, name) in zip((scenario, *scenario.documents()), names(scenario), strict=True):
        writing.text(f"{CANONICAL}/{kind}-{name}.yaml", canonical_text(document))
        _keep_verbatim(kind, name, library, writing)
    _keep_facts(library, writing)
    if read_back and digest(kept_scenario(writing.path)) != digest(scenario):
        raise RunFailed(f"the documents of {scenario.name} do not read back as they are: please report it")
    return kept_digests(scenario)


def kept_digests(scenario: Scenario) -> dict[str, str]:
    """The digest of the canonical form of every document of a scenario, by `KIND/NAME`."""
    documents = (scenario, *scenario.documents())
    return {f"{kind}/{name}": digest(each) for each, (kind, name) in zip(documents, names(scenario), strict=True)}


def _keep_verbatim(kind: str, name: str, library: Library, writing: Writing) -> None:
    """The text of a document, and of what a reform is based on."""
    target = f"{VERBATIM}/{kind}-{name}.yaml"
    found = library.find(kind, name)
    if found is None or (writing.path / target).exists():
        return
    text = found.read_text(encoding="utf-8")
    writing.text(target, text)
    base = BASED_ON.search(text)
    if base:
        _keep_verbatim(kind, base[1], library, writing)


def _keep_facts(library: Library, writing: Writing) -> None:
    """The facts documents that hold an id which some kept document names."""
    told = "\n".join(path.read_text(encoding="utf-8") for path in (writing.path / CANONICAL).glob("*.yaml"))
    for name in library.names("facts"):
        found = library.find("facts", name)
        text = found.read_text(encoding="utf-8") if found is not None else ""
        if any(fact in told for fact in FACT_ID.findall(text)):
            writing.text(f"{FACTS}/{name}.yaml", text)
