"""The first screen: the story in plain words, six numbers, and attempts, requests and persons told apart."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Final

from glasshouse.measures.figure import Measure
from glasshouse.measures.opening import headline
from glasshouse.mechanisms.words import both
from glasshouse.report.account import Account, big, bounds, first_interval, share_words, told
from glasshouse.report.leaving import Leaving, leaving_of
from glasshouse.report.markup import Markup, listed, paragraph, tag
from glasshouse.report.picture import COLOURS, altair, figure, rows_of

ACROSS: Final = 10
SIGNS: Final = 100
"""How many signs the largest of the three heaps has at most."""
WORDS: Final = {"refused tries": "tries", "refused requests": "requests", "persons refused": "persons"}
TICKET: Final = "M-1,-0.6L1,-0.6L1,0.6L-1,0.6Z"


@dataclass(frozen=True)
class Card:
    """One of the six numbers: what it is, the number, and what stands beneath it."""

    label: str
    value: str
    beneath: str


def opening(account: Account) -> Markup:
    """The story, the six numbers and the first picture."""
    told_first = {each.name: each for each in headline(account.run)}
    leaving = leaving_of(account)
    return tag(
        "section",
        tag("h2", "In short", id="short-title"),
        [paragraph(sentence) for sentence in story(account, told_first, leaving)],
        tag("dl", [_card(each) for each in cards(account, told_first, leaving)], class_="cards"),
        paragraph(
            "Numbers are estimates for the whole made-up society. What stands beneath is for each 1,000 years lived, "
            "with a 95 % interval where one can be told (it does not cover invented rates), and what was counted "
            "before it was multiplied.",
            class_="remark",
        ),
        heaps(account),
        id="short",
        aria_labelledby="short-title",
    )


def _card(card: Card) -> Markup:
    return tag("div", tag("dt", card.label), tag("dd", tag("strong", card.value), tag("span", card.beneath)))


def cards(account: Account, first: dict[str, Measure], leaving: Leaving) -> list[Card]:
    """The six numbers."""
    wrong, refused = first["days wrongly listed"], first["requests wrongly refused"]
    return [
        Card("came onto a list", *_rate(first["came onto a list"], "times")),
        Card("requests refused", *_rate(first["requests refused"], "")),
        Card(
            "refused wrongly: not if every record were true", big(refused.numerator),
            f"requests, {refused.counted:,} counted; and {big(wrong.numerator)} days wrongly on a list",
        ),
        Card(
            "punished rightly but for lawful conduct",
            *_rate(first["sanctions for lawful conduct"], "sanctions"),
        ),
        Card("hit for somebody else's listing", *_rate(first["sanctions for a tie"], "cases and refusals")),
        Card("months until half have left a list", leaving.months, leaving.beneath),
    ]  # fmt: skip


def _rate(measure: Measure, unit: str) -> tuple[str, str]:
    between = bounds(first_interval(measure))
    rate = (
        f"{told(measure.value)} for each 1,000 years{f' ({between})' if between else ''}; {measure.counted:,} counted"
    )
    return big(measure.numerator), f"{unit}, {rate}" if unit else rate


def story(account: Account, first: dict[str, Measure], leaving: Leaving) -> list[str]:
    """What happened, in plain words."""
    manifest, counted = account.run.manifest, account.counted
    named = [policy.title for policy in account.scenario.policies]
    policies = both(named) if len(named) <= 3 else f"{len(named)} policies, {named[0]} the first of them,"
    refused = counted.of("refused_requests").value
    tries, persons = counted.of("refused_attempts").value, counted.of("first_refused").value
    lived = f"; {manifest['residents']:,} of them were lived in full and stand for the others"
    stand_for = lived if account.size != "the whole society" else ""
    opening = (
        f"From {account.when}, {policies} ran on a society of {manifest['represents']:,} residents who do not exist"
        f"{stand_for}."
    )
    did = (
        f"{big(counted.of('entered').value)} cases were opened on its lists. {big(refused)} requests were refused in "
        f"{big(tries)} tries, made by {big(persons)} persons (each counted once at each service). {leaving.sentence}"
    )
    wrong, lawful = first["requests wrongly refused"], first["sanctions for lawful conduct"]
    share = f" ({share_words(wrong.numerator, refused)} of the refusals)" if refused and wrong.numerator else ""
    harm = (
        f"{big(wrong.numerator)} requests{share} were refused though they would have been granted if every record "
        f"were true. {big(lawful.numerator)} sanctions were rightly charged, but for conduct that breaks no law, and "
        f"{big(first['sanctions for a tie'].numerator)} befell somebody for another's listing."
    )
    known = (
        f"{float(manifest['invented_share']):.0%} of the numbers in the documents are invented: nobody knows them. "
        "Read this page as what follows from the documents, not as news from a country."
    )
    return [opening, did, harm, *_of_firms(account), known]


def _of_firms(account: Account) -> list[str]:
    """The same of firms, where the run has them."""
    counted = account.firms
    if counted is None:
        return []
    listed_, refused = counted.of("new_listed").value, counted.of("refused_requests").value
    return [
        f"These are residents. Firms, of whom {account.run.manifest['firms']:,} were simulated, came onto a list "
        f"{big(listed_)} times and were refused {big(refused)} requests."
    ]


# --- attempts, requests, persons -----------------------------------------------------------------------------------


def unit_of(most: float) -> float:
    """A round number such that so many are at most a hundred signs."""
    size = 1.0
    while True:
        for step in (1, 2, 5):
            if most / (size * step) <= SIGNS:
                return size * step
        size *= 10


def heaps(account: Account) -> Markup:
    """Three heaps of signs of one size: refused tries, refused requests, persons."""
    counted = account.counted
    sorts = {
        "refused tries": counted.of("refused_attempts").value,
        "refused requests": counted.of("refused_requests").value,
        "persons refused": counted.of("first_refused").value,
    }
    if not sorts["refused tries"]:
        return paragraph("Nobody was refused anything in this run.")
    unit = unit_of(max(sorts.values()))
    rows = [
        {"x": heap * (ACROSS + 4) + sign % ACROSS, "y": sign // ACROSS, "sort": sort}
        for heap, (sort, value) in enumerate(sorts.items()) for sign in range(ceil(value / unit))
    ]  # fmt: skip
    alt = altair()
    signs = alt.Chart(rows_of(rows)).mark_point(filled=True, size=42, opacity=1).encode(
        x=alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-1, 3 * ACROSS + 9])),
        y=alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-1.8, SIGNS / ACROSS])),
        color=alt.Color("sort:N", legend=None, scale=alt.Scale(domain=list(sorts), range=list(COLOURS[:3]))),
        shape=alt.Shape("sort:N", legend=None, scale=alt.Scale(domain=list(sorts), range=[TICKET, "square", "circle"])),
    )  # fmt: skip
    words = [
        {"x": heap * (ACROSS + 4) - 0.5, "y": -1.4, "told": f"{big(value)} {WORDS[sort]}"}
        for heap, (sort, value) in enumerate(sorts.items())
    ]
    texts = alt.Chart(rows_of(words)).mark_text(align="left", fontWeight="bold", fontSize=10).encode(
        x="x:Q", y="y:Q", text="told:N"
    )  # fmt: skip
    chart = alt.layer(signs, texts).properties(width=390, height=140)
    return tag(
        "div",
        figure(
            account, "heaps", "A try is not a request, and a request is not a person",
            f"Each sign stands for {unit:,.0f} {'of its kind' if unit > 1 else 'try, request or person'}.",
            chart, ("what", "number for the whole society"), [(sort, told(value)) for sort, value in sorts.items()],
            said=", ".join(f"{big(value)} {sort}" for sort, value in sorts.items()) + ".",
        ),
        listed([
            "A try (bars): somebody asks once and hears no. One need can be tried several times.",
            "A request (squares): one need, however often it was tried; refused if no try succeeded.",
            "A person (circles): somebody refused at least once, counted once at each service.",
        ]),
        class_="pair",
    )  # fmt: skip
