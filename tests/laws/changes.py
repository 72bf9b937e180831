"""Random documents changed in one place: what may the change move, and what may it not?"""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from oracle.journal import COLUMNS, Journal, Row

Fields = dict[str, Any]


def changed(texts: dict[str, str], change: Callable[[Fields], None]) -> dict[str, str]:
    """The same documents after ``change`` has been at each of them (as plain maps, changed in place)."""
    found = {}
    for name, text in texts.items():
        content = YAML(typ="safe").load(text)
        change(content)
        found[name] = written(content)
    return found


def written(content: Fields) -> str:
    """A document as text."""
    yaml = YAML()
    yaml.width = 4096
    yaml.representer.ignore_aliases = lambda _: True
    stream = StringIO()
    yaml.dump(content, stream)
    return stream.getvalue()


def kind_of(content: Fields) -> str:
    """policy, conduct, recipe or scenario."""
    return str(content["glasshouse"]).split("/")[0]


def rows(journal: Journal, table: str, **wanted: object) -> list[Row]:
    """The rows of a table in which these columns have these contents."""
    places = [(COLUMNS[table].index(column), content) for column, content in wanted.items()]
    return [row for row in journal[table] if all(row[place] == content for place, content in places)]
