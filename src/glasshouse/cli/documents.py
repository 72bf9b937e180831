"""Commands about documents: list, copy, validate, resolve, explain, schema."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from glasshouse.cli.speech import AsJson, mistake_row, mistakes_told, print_json, say
from glasshouse.errors import InvalidDocuments, RunFailed, UsageError

if TYPE_CHECKING:
    from glasshouse.explain import Page
    from glasshouse.mechanisms.clause import Frozen
    from glasshouse.shelf import Library, Sheet

Named = Annotated[str, typer.Argument(metavar="NAME_OR_FILE", help="A document of the library, or a file.")]
Kind = Annotated[str | None, typer.Option(help="policy, conduct, recipe, scenario or facts, where a name has several.")]

SENTENCE = 160


def _library(*names: str | Path) -> Library:
    """The library, and before it the files that are named with the documents beside them."""
    from glasshouse.shelf import Library

    if not names:
        return Library.default()
    from glasshouse.keeping import beside

    return Library.default().with_files(dict.fromkeys(file for name in names for file in beside(name)))


def _found(name: str, library: Library, kind: str | None) -> Sheet:
    """The document a command is about. One name may stand for a policy and a scenario: the first kind counts."""
    from glasshouse.conditions.names import did_you_mean
    from glasshouse.vocabulary import DOCUMENTS

    if kind is not None and kind not in DOCUMENTS:
        raise UsageError(f"unknown kind of document `{kind}`; {', '.join(DOCUMENTS)}")
    kinds = [each for each in DOCUMENTS if kind in (None, each) and library.find(each, name) is not None]
    if kinds:
        if len(kinds) > 1:
            say(f"{name} is a {' and a '.join(kinds)}; this is the {kinds[0]} (--kind {kinds[1]} for the other)")
        return library.sheet(kinds[0], name)
    if Path(name).is_file():
        return library.read(Path(name))
    known = sorted({each for word in DOCUMENTS for each in library.names(word)})
    raise UsageError(f"the library has no document `{name}`, and there is no such file{did_you_mean(name, known)}")


def _resolved(name: str, kind: str | None) -> tuple[Frozen, list[Any]]:
    """A document read with everything it rests on, and its remarks. Raises InvalidDocuments with all mistakes."""
    from glasshouse.document import READERS
    from glasshouse.reading.margin import Margin

    library = _library(name)
    sheet = _found(name, library, kind)
    margin = Margin()
    reader: Any = READERS.get(sheet.kind)
    model: Frozen | None = reader(sheet, library, margin) if reader is not None else None
    if model is None or margin.wrong:
        raise InvalidDocuments(margin.mistakes or sheet.mistakes)
    return model, sorted(set(margin.mistakes))


def list_library(as_json: AsJson = False) -> None:
    """List the library: scenarios and policies by group, then recipes, conducts and facts, with one sentence each."""
    from glasshouse.contents import Contents

    titles = Contents(_library()).titles
    if as_json:
        fields = ("kind", "group", "name", "title", "text")
        print_json([{field: getattr(each, field) for field in fields} for each in titles])
        return
    width = max((len(each.name) for each in titles), default=0)
    before = ("", "")
    for each in titles:
        if each.kind != before[0]:
            print(each.kind)
        if each.group and (each.kind, each.group) != before:
            print(f"  {each.group}")
        before = (each.kind, each.group)
        print(f"    {each.name:<{width}}  {_sentence(each.text or each.title)}")


def _sentence(text: str) -> str:
    """The first sentence of a text, on one line."""
    line = " ".join(text.split())
    first = line.partition(". ")[0].rstrip(".") + "."
    return first if len(first) <= SENTENCE else first[: SENTENCE - 3] + "..."


def copy(
    name: Annotated[str, typer.Argument(help="A document of the library.")],
    file: Annotated[Path, typer.Argument(help="Where to write it; must not exist.")],
    kind: Kind = None,
    as_json: AsJson = False,
) -> None:
    """Copy a document of the library to a file, to edit it."""
    sheet = _found(name, _library(), kind)
    try:
        with file.open("x", encoding="utf-8") as target:
            target.write(sheet.path.read_text(encoding="utf-8"))
    except FileExistsError:
        raise UsageError(f"{file} exists already: copy writes over nothing") from None
    except OSError as failure:
        raise RunFailed(f"cannot write {file}: {failure.strerror or failure}") from failure
    if as_json:
        print_json({"kind": sheet.kind, "name": sheet.name, "file": str(file)})
    else:
        say(f"{sheet.kind} {sheet.name} copied to {file}")


def validate(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Documents to check, together.")],
    as_json: AsJson = False,
) -> None:
    """Report all mistakes and remarks of documents, with place, what was found, what was expected, a likely cure."""
    from glasshouse.document import validate as checked

    found = checked(files, _library(*files))
    wrong = [mistake for mistake in found if not mistake.remark]
    if as_json:
        print_json({
            "valid": not wrong, "files": [str(file) for file in files],
            "mistakes": [mistake_row(mistake) for mistake in wrong],
            "remarks": [mistake_row(mistake) for mistake in found if mistake.remark],
        })  # fmt: skip
    else:
        for mistake in found:
            print(mistake)
        remarks = len(found) - len(wrong)
        say(f"{_number(len(files), 'file')}: {_number(len(wrong), 'mistake')}, {_number(remarks, 'remark')}")
    if wrong:
        raise typer.Exit(InvalidDocuments.exit_code)


def _number(count: int, word: str) -> str:
    return f"{count or 'no'} {word}{'' if count == 1 else 's'}"


def resolve(document: Named, kind: Kind = None, as_json: AsJson = False) -> None:
    """Print the canonical form of a document: everything written out, what is hashed and compiled."""
    from glasshouse.canonical import canonical, canonical_text, digest

    model, remarks = _resolved(document, kind)
    mistakes_told(remarks)
    if as_json:
        print_json({"digest": digest(model), "document": canonical(model)})
    else:
        print(canonical_text(model), end="")
        say(f"digest {digest(model)}")


def explain(
    document: Named,
    other: Annotated[str | None, typer.Argument(help="Another policy: tell the difference.")] = None,
    kind: Kind = None,
    as_json: AsJson = False,
) -> None:
    """Say a policy (or a scenario) in plain words with its sources; or the difference of two policies."""
    page = _page(document, kind) if other is None else _difference(document, other)
    if as_json:
        print_json({"title": page.title, "lines": page.rows()})
    else:
        print(page)


def _page(name: str, kind: str | None) -> Page:
    from glasshouse import explain as pages
    from glasshouse.policy import Policy, load_conduct
    from glasshouse.scenario import Scenario

    model, remarks = _resolved(name, kind)
    mistakes_told(remarks)
    if isinstance(model, Scenario):
        return pages.explain_scenario(model)
    if isinstance(model, Policy):
        return pages.explain(model, load_conduct(model.written_for, _library(name)), _facts())
    raise UsageError(f"{name} is a {type(model).__name__.lower()}: policies and scenarios are explained; try `resolve`")


def _facts() -> dict[str, str]:
    """What each fact and publication of the library says, by its id."""
    from glasshouse.facts import facts_of
    from glasshouse.reading.margin import Margin

    library = _library()
    told: dict[str, str] = {}
    for name in library.names("facts"):
        found = facts_of(library.sheet("facts", name), library, Margin())
        if found is not None:
            told |= {fact.id: fact.text for fact in found.facts}
            told |= {publication.id: publication.title for publication in found.publications}
    return told


def _difference(name: str, other: str) -> Page:
    from glasshouse import explain as pages
    from glasshouse.policy import Policy

    before, after = (_resolved(each, "policy" if not Path(each).is_file() else None)[0] for each in (name, other))
    if not isinstance(before, Policy) or not isinstance(after, Policy):
        raise UsageError("a difference is told of two policies")
    return pages.difference(before, after)


def schema(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="policy, conduct, recipe, scenario or facts.")],
    as_json: AsJson = False,
) -> None:
    """Print the JSON Schema of a kind of document, for editors."""
    from glasshouse.document import schema as schema_of_kind

    print_json(schema_of_kind(kind))
