"""The documents of the library: valid without mistakes or remarks, every number with a source, nothing left unsaid."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML

from glasshouse.explain import explain
from glasshouse.policy import conduct_of, load_conduct, load_policy, policy_of
from glasshouse.reading.margin import Margin
from glasshouse.scenario import scenario_of
from glasshouse.shelf import Library
from glasshouse.society.recipe import recipe_of
from glasshouse.values import Value

FOLDER = Path(__file__).parents[2] / "src" / "glasshouse" / "library"
LIBRARY = Library.default()
OWN = [path for path in sorted(FOLDER.rglob("*.yaml")) if not path.stem.startswith("ledger")]
POLICIES = [path.stem for path in OWN if path.parent.name == "policies"]
CONDUCTS = [path.stem for path in OWN if path.parent.name == "conducts"]
READERS: dict[str, Callable[..., object]] = {
    "recipe": recipe_of, "conduct": conduct_of, "policy": policy_of, "scenario": scenario_of,
}


def loaded(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return found


def values(node: object) -> Iterator[Value]:
    """Every value anywhere in a resolved clause."""
    if isinstance(node, Value):
        yield node
    elif isinstance(node, dict):
        for part in node.values():
            yield from values(part)
    elif isinstance(node, tuple | list):
        for part in node:
            yield from values(part)
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from values(getattr(node, name))


@pytest.mark.parametrize("path", OWN, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_documents_have_neither_mistakes_nor_remarks(path: Path) -> None:
    sheet = LIBRARY.read(path)
    margin = Margin([])
    if sheet.kind in READERS:
        assert READERS[sheet.kind](sheet, LIBRARY, margin) is not None
    assert [str(mistake) for mistake in (*sheet.mistakes, *margin.mistakes)] == []
    assert sheet.name == path.stem


@pytest.mark.parametrize("name", POLICIES)
def test_policies_say_what_a_charter_asks(name: str) -> None:
    policy = load_policy(name, LIBRARY)
    assert policy.legal_basis != "undeclared" and policy.aim != "undeclared" and policy.ai_system != "undeclared"
    for listed in policy.lists:
        if listed.enter:
            assert "undeclared" not in (listed.notice, listed.reasons, listed.hearing, listed.publicity), listed.id
    for detector in policy.detectors:
        assert "undeclared" not in (detector.purpose, detector.biometric, detector.real_time), detector.id
    for rating in policy.ratings:
        assert rating.disclosure != "undeclared", rating.id


@pytest.mark.parametrize("name", [*POLICIES, *CONDUCTS])
def test_every_clause_is_a_sentence_with_a_source(name: str) -> None:
    document = load_policy(name, LIBRARY) if name in POLICIES else load_conduct(name, LIBRARY)
    for section in type(document).model_fields:
        for clause in getattr(document, section) if isinstance(getattr(document, section), tuple) else ():
            if not hasattr(clause, "source"):
                continue
            assert clause.source and clause.confidence, clause.id
            assert re.fullmatch(r"[A-Z].*\.", clause.text), clause.text
            if clause.source == ("invented",):
                assert clause.confidence == "invented", clause.id


@pytest.mark.parametrize("name", POLICIES)
def test_every_policy_is_explained_clause_by_clause(name: str) -> None:
    """The page names every clause, with its sentence and its sources."""
    policy = load_policy(name, LIBRARY)
    told = {line.clause: line for line in explain(policy).lines if line.clause}
    for section in type(policy).model_fields:
        for clause in getattr(policy, section) if isinstance(getattr(policy, section), tuple) else ():
            if hasattr(clause, "source"):
                assert clause.text in told[clause.id].text and told[clause.id].source == clause.source, clause.id


def test_fitted_numbers_name_the_figures_they_are_fitted_to() -> None:
    fitted = []
    for document in (load_conduct("china-baseline", LIBRARY), load_policy("court-defaulters", LIBRARY)):
        for section in type(document).model_fields:
            part = getattr(document, section)
            fitted += [value for value in values(part) if value.note and value.note.startswith("Fitted")]
    assert len(fitted) >= 8
    for value in fitted:
        assert value.source, value.note
        if value.confidence != "invented":
            assert any(name.startswith("F-") for name in value.source), value.note


def test_no_kind_of_event_needs_many_tables() -> None:
    """Every combination of levels that a kind's factors name is a table of the kernel."""
    levels = {"age": 10, "sex": 2, "urban": 2, "schooling": 5, "employment": 4, "income": 5, "heavy_debts": 2}
    levels |= {"student": 2, "parent": 2, "size": 4, "ownership": 5, "sector": 4}
    conduct = load_conduct("china-baseline", LIBRARY)
    named_by = {kind.id: kind.factors for kind in conduct.events} | {kind.id: kind.factors for kind in conduct.services}
    for kind, by_field in named_by.items():
        named = {attribute for factors in by_field.values() for attribute in factors}
        assert len(named) <= 3, kind
        combinations = 1
        for attribute in named:
            combinations *= levels[attribute]
        assert combinations <= 200, kind


def test_after_2018_nothing_is_fitted() -> None:
    text = (FOLDER / "conducts" / "china-baseline.yaml").read_text(encoding="utf-8")
    assert not re.search(r"\b(2019|202\d)-\d\d-\d\d\b", text)


def test_scenarios_divide_into_few_groups() -> None:
    sizes = {"sex": 2, "urban": 2, "income": 5, "means": 3}
    for path in OWN:
        if path.parent.name == "scenarios":
            cells = 0
            for crossing in loaded(path)["groups"]:
                product = 1
                for attribute in crossing:
                    product *= sizes[attribute]
                cells += product
            assert cells <= 20, path.stem
