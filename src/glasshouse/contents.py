"""The contents of a library, grouped for somebody who sees it for the first time: who rates whom, and by what.

The group of a policy follows from what stands in it: whom it rates, who keeps it, and what notices. That of a scenario
follows from its policies.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from glasshouse.reading.outline import text_of, texts_of
from glasshouse.reading.tree import Item, Map, plant
from glasshouse.shelf import FICTIONAL, Library

PRACTICE: Final = "small invented worlds to practise on"
COUNTRY: Final = "the whole country"
CITIES: Final = "cities and provinces"
PLATFORMS: Final = "platforms and private scorers"
WATCHERS: Final = "cameras, speech and neighbours"
FIRMS: Final = "firms"
TOGETHER: Final = "all of it together"
GROUPS: Final = (PRACTICE, COUNTRY, CITIES, PLATFORMS, WATCHERS, FIRMS, TOGETHER)
"""Groups in the order in which they are shown."""
NARROW: Final = (FIRMS, WATCHERS, CITIES, PLATFORMS, COUNTRY, PRACTICE)
"""Of groups with as many policies of a scenario, the first is the scenario's."""
MANY: Final = 4
"""A scenario with policies of so many groups belongs to none of them."""

KINDS: Final = ("scenario", "policy", "recipe", "conduct", "facts")
METHOD: Final = re.compile(r"\bmethod: *(camera|online|report|register|self|inspection)\b")
FIRST_SECTION: Final = re.compile(r"^[a-z_]+: *$", re.M)
COMMENT: Final = re.compile(r"(?:^| )#.*$", re.M)


@dataclass(frozen=True, slots=True)
class Title:
    """A document of the library as a reader first meets it."""

    kind: str
    name: str
    title: str
    text: str
    group: str


class Contents:
    """All documents of a library, read no further than their heads where that is enough."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._heads: dict[tuple[str, str], Item | None] = {}

    @cached_property
    def titles(self) -> tuple[Title, ...]:
        """Every document, by kind, group and name."""
        found = [self._title(kind, name) for kind in KINDS for name in self._library.names(kind)]
        return tuple(sorted(found, key=lambda each: (KINDS.index(each.kind), _rank(each.group), each.name)))

    def _title(self, kind: str, name: str) -> Title:
        head = self._head(kind, name)
        group = {"policy": self.group_of_policy, "scenario": self.group_of_scenario}.get(kind)
        told = group(name) if group is not None else ""
        return Title(kind, name, text_of(head, "title"), text_of(head, "text"), told)

    def _text(self, kind: str, name: str) -> str:
        path = self._library.find(kind, name)
        return path.read_text(encoding="utf-8") if path is not None else ""

    def _head(self, kind: str, name: str) -> Item | None:
        """A document up to its first section, or whole where title and text do not stand there."""
        if (kind, name) not in self._heads:
            whole = self._text(kind, name)
            for lines in (FIRST_SECTION.split(whole, maxsplit=1)[0], whole):
                tree, _ = plant(lines, name)
                if tree is not None and text_of(tree, "title") and text_of(tree, "text"):
                    break
            self._heads[kind, name] = tree
        return self._heads[kind, name]

    def _said(self, policy: str, key: str) -> Item | None:
        """What a policy says under a key of its head, or what the policy says that it is based on."""
        seen: set[str] = set()
        while policy and policy not in seen:
            seen.add(policy)
            head = self._head("policy", policy)
            found = head.get(key) if isinstance(head, Map) else None
            if found is not None:
                return found
            policy = text_of(head, "based_on")
        return None

    def group_of_policy(self, name: str) -> str:
        """The group of a policy: firms first, then what watches, then who keeps it."""
        if self._is_fictional(name):
            return PRACTICE
        subjects = self._said(name, "subjects")
        level = text_of(self._said(name, "authority"), "level")
        methods = set(METHOD.findall(COMMENT.sub("", self._text("policy", name))))
        if getattr(subjects, "text", None) == "firms":
            return FIRMS
        if level == "platform":
            return PLATFORMS
        if methods & {"camera", "report"} or methods == {"online"}:
            return WATCHERS
        return CITIES if level in ("city", "province") else COUNTRY

    def _is_fictional(self, policy: str) -> bool:
        """Whether a policy is written for conduct in a place that is made up as a whole."""
        conduct = getattr(self._said(policy, "written_for"), "text", "")
        recipe = text_of(self._head("conduct", conduct), "written_for") if conduct else ""
        return bool(FICTIONAL.search(self._text("recipe", recipe))) if recipe else False

    def group_of_scenario(self, name: str) -> str:
        """The group that most policies of a scenario belong to, or none where they are of many."""
        head = self._head("scenario", name)
        policies = texts_of(head, "policies") if isinstance(head, Map) and "policies" in head.entries else ()
        if not policies:
            tree, _ = plant(self._text("scenario", name), name)
            policies = texts_of(tree, "policies")
        counted = Counter(self.group_of_policy(each) for each in policies)
        if not counted or len(counted) >= MANY:
            return TOGETHER
        return max(counted, key=lambda group: (counted[group], -NARROW.index(group)))


def _rank(group: str) -> int:
    return GROUPS.index(group) if group in GROUPS else -1
