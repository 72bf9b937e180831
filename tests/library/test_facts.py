"""The facts of the library: every id once, every source known, every figure with its unit, kind and day."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

LIBRARY = Path(__file__).parents[2] / "src" / "glasshouse" / "library"
FILES = sorted(LIBRARY.rglob("*.yaml"))
FACT_FILES = sorted((LIBRARY / "facts").glob("*.yaml"))


@cache
def loaded(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return found


def rows() -> list[dict[str, Any]]:
    return [row for path in FACT_FILES for row in loaded(path).get("facts", [])]


def publications() -> list[dict[str, Any]]:
    return [row for path in FACT_FILES for row in loaded(path).get("publications", [])]


def sources(node: object) -> list[str]:
    """Every id that a key `source` anywhere below a node names."""
    if isinstance(node, list):
        return [name for part in node for name in sources(part)]
    if not isinstance(node, dict):
        return []
    own = node.get("source", [])
    here = [str(name) for name in (own if isinstance(own, list) else [own])]
    return here + [name for key, part in node.items() if key != "source" for name in sources(part)]


def test_ids_are_unique() -> None:
    counted = Counter(row["id"] for row in rows() + publications())
    assert [name for name, times in counted.items() if times > 1] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_source_is_known(path: Path) -> None:
    known = {row["id"] for row in rows() + publications()} | {"invented"}
    assert {name for name in sources(loaded(path)) if name not in known} == set()


def test_every_publication_says_how_much_was_read() -> None:
    assert len(publications()) > 100
    for row in publications():
        assert row["read"] in ("all", "excerpt", "title", "none"), row["id"]
        assert row["title"] and row["text"] and row["publisher"] and row["year"], row["id"]


def test_every_figure_has_unit_kind_day_and_confidence() -> None:
    for row in rows():
        assert ("date" in row) != ("period" in row), row["id"]
        assert row["kind"] in ("stock", "flow", "cumulative", "rule", "target", "none"), row["id"]
        assert row["confidence"] in ("verified", "derived", "background", "intention"), row["id"]
        assert ("value" in row) == ("unit" in row), row["id"]


def test_article_is_carried_whole() -> None:
    article = [row for row in rows() if row["id"].startswith("S-")]
    assert len(article) == 143
    for row in article:
        assert ("place" in row) != ("not_simulated" in row), row["id"]
        if "value" in row:
            assert set(row["value"]) == {"reported", "documented"}, row["id"]


def clause_ids(name: str, documents: dict[str, dict[str, Any]]) -> set[str]:
    """Ids of a document's clauses; those of a reform are what it adds and what it leaves of its base."""
    document = documents[name]
    base = document.get("based_on")
    left = clause_ids(base, documents) - set(document.get("without", ())) if base else set()
    sections = (*document.values(), *document.get("add", {}).values())
    return left | {part["id"] for rows_ in sections if isinstance(rows_, list) for part in rows_
                   if isinstance(part, dict) and "id" in part}


def test_at_most_ten_of_the_article_are_not_simulated() -> None:
    left = [row for row in rows() if "not_simulated" in row]
    assert len(left) <= 10
    assert all(row["not_simulated"] for row in left)


def test_places_of_the_article_exist() -> None:
    """A place that names a clause, a document or a target of the library names one that is there."""
    documents = {loaded(path)["name"]: loaded(path) for path in FILES if path.parent.name != "facts"}
    for row in rows():
        for name, clause in re.findall(r"\b([a-z][a-z0-9-]*)/([a-z_][a-z0-9_-]*)", row.get("place", "")):
            assert name in documents, (row["id"], name)
            ids = clause_ids(name, documents)
            assert clause in ids, (row["id"], clause)
        for scenario, named in re.findall(r"\b([a-z0-9-]+) targets? ([a-z-]+)", row.get("place", "")):
            assert named in {target["id"] for target in documents[scenario]["targets"]}, row["id"]


def test_running_totals_never_fall_and_end_with_2018() -> None:
    totals: dict[str, list[tuple[Any, float]]] = {}
    for row in rows():
        if row["kind"] == "cumulative" and row["id"].startswith("F-"):
            totals.setdefault(row["id"][: -len("-2018-12-31")], []).append((row["date"], row["value"]))
    assert len(totals) >= 6
    for name, points in totals.items():
        values = [value for _, value in sorted(points)]
        assert values == sorted(values), name
        assert max(points)[0].year <= 2018, name
