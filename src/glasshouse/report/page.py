"""The page itself: one file that asks nobody for anything, runs no script, and says on every screen that it is made up.

Its content policy allows nothing but the one style sheet inside it, by its hash; so nothing that might slip into a text
of a document can run or call out.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from typing import Final

from glasshouse import __version__
from glasshouse.report.account import Account
from glasshouse.report.again import again
from glasshouse.report.changed import changed
from glasshouse.report.figures import figures_of_the_world
from glasshouse.report.firms import firms
from glasshouse.report.gates import gates
from glasshouse.report.groups import groups
from glasshouse.report.leaving import leaving
from glasshouse.report.limits import limits
from glasshouse.report.lists import lists
from glasshouse.report.markup import Markup, listed, paragraph, tag
from glasshouse.report.one_life import one_life
from glasshouse.report.opening import opening
from glasshouse.report.places import places
from glasshouse.report.policies import policies
from glasshouse.report.ratings import ratings

PARTS: Final[tuple[tuple[str, Callable[[Account], Markup | None]], ...]] = (
    ("Ratings", ratings), ("Lists", lists), ("Gates", gates), ("Groups", groups), ("Getting off a list", leaving),
    ("Firms", firms), ("Who is changed", changed), ("Places", places), ("One life", one_life), ("Policies", policies),
    ("Figures of the world", figures_of_the_world), ("Limits", limits), ("Run it again", again),
)  # fmt: skip
"""The parts after the first screen, in order, with their words in the contents."""


@cache
def style() -> str:
    """The style sheet of the page."""
    return files("glasshouse.report").joinpath("page.css").read_text(encoding="utf-8")


def content_policy(styles: str) -> str:
    """Nothing from anywhere, no script, and this style sheet alone."""
    digest = base64.b64encode(hashlib.sha256(styles.encode("utf-8")).digest()).decode("ascii")
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def page_of(account: Account) -> str:
    """The whole page as one text."""
    first = opening(account)
    made = [(words, part) for words, make in PARTS if (part := make(account)) is not None]
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{content_policy(style())}">'),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("title", f"{account.scenario.title}: a synthetic run, {account.reading} reading"),
        tag("style", Markup(style())),
    )
    body = tag(
        "body",
        tag("a", "To the report", href="#main", class_="skip"),
        tag("div", paragraph(f"{account.stamp}. No real person or firm is in it."), class_="banner", role="region",
            aria_label="What this is"),
        tag(
            "header", tag("h1", account.scenario.title), paragraph(account.scenario.text),
            paragraph(_frame(account), class_="soft"),
        ),
        tag("nav", listed([_link("short", "In short"), *(_link(_name(part), words) for words, part in made)]),
            aria_label="Contents"),
        tag("main", first, [part for _, part in made], id="main"),
        tag("footer", paragraph(f"Made by Glasshouse {__version__}. {account.stamp}.")),
    )  # fmt: skip
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def _frame(account: Account) -> str:
    manifest = account.run.manifest
    firms_too = f"and {manifest['firms']:,} firms " if manifest["firms"] else ""
    return (
        f"{account.when}, {manifest['steps']} steps of a {manifest['period']['step']}; {manifest['residents']:,} "
        f"residents {firms_too}simulated ({account.size}); seed {manifest['seed']}."
    )


def _link(name: str, words: str) -> Markup:
    return tag("a", words, href=f"#{name}")


def _name(part: Markup) -> str:
    """The id of a part."""
    return str(part).split('id="', 1)[1].split('"', 1)[0]
