"""The table of invalid documents: one mistake each, where it is found and what is said. See make_cases.py.

The file is longer than others because it is a table.
"""

# ruff: noqa: E501
from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    """One place of a base document changed."""

    name: str
    base: str
    old: str
    new: str
    message: str
    at: str = ""
    """Where the mistake is expected if not at a ‸ in ``new``: the start of this text."""


GROUNDS = "own, mistaken, unfounded, spread, tier"
NO_TIER = "is no tier of this rating (A, B, C)"
BREAKS = "0, 6, 14, 18, 23, 30, 46, 60, 65, 75"
LATE = "on: late_utility, points: -10, lapse: 24 months"
FLY = 'when: listed("black"), then: refuse'
HIT = "hit_chance: 0.5"
TIERS = "[{tier: A, from: 1030}, {tier: B, from: 850}, {tier: C}]"
PTS = (
    "{id: pts, text: A score that counts., source: invented, method: points, start: 1000, floor: 0, ceiling: 2000, "
    f"publish: 1 month, tiers: {TIERS}}}"
)
ENTER = "enter: [{on: tax_unpaid, term: 24 months}]"
KINSHIP = "{id: kinship, text: The household follows., source: invented, from: black, to: household, list: grey}"
WINDOW = "count needs one window: months=24, days=30 or years=5"
CUT_CONDITION = "a condition was cut at its comma inside { }: put the whole condition in single quotes"
OWN = "the conduct document knows no policy; use sanctioned, refused, watched or listed()"
RATES = "per year, per month, per week, per day"
DURATIONS = "days, day, working days, weeks, months, month, years, year"
DATED = (
    "expected dates, `reported` and `documented`, or `value` with a note (a date is written 2018-01-01)"
)
QUANTITIES = (
    "subjects, enrolled, events, records, points, entered, left, left_term, left_repair, left_appeal, listed, "
    "wrongly_listed, requests, attempts, refused_requests, refused_attempts, refused_subjects, circumvented, rewarded, "
    "benefit_amount, exposure, missed, dropped, overridden, new_listed, listed_cases, spared_by_error, granted, "
    "first_refused, also_refused, wrongly_refused, burdened, benefited"
)
WITH_FACTORS = (
    "coverage, hit_chance, mistaken_chance, false_rate, view.cameras_per_resident, identify.false_match_chance, "
    "identify.miss_chance, identify.outrank_chance, link.wrong_chance"
)


def late(name: str, new: str, message: str) -> Case:
    """A case that changes the rule `late`."""
    return Case(name, "policy", LATE, new, message)


def fly(name: str, when: str, message: str) -> Case:
    """A case that changes the condition of the gate `fly`."""
    return Case(name, "policy", FLY, f"when: ‸{when}, then: refuse", f"fly.when: {message}")


def hit(name: str, value: str, message: str) -> Case:
    """A case that changes the chance of the detector `feed`."""
    new = value if "‸" in value else f"‸{value}"
    return Case(name, "policy", f"{HIT}, delay", f"hit_chance: {new}, delay", f"feed.hit_chance{message}")


def swap(name: str, old: str, new: str, message: str) -> Case:
    """A case that changes a text of the policy."""
    return Case(name, "policy", old, new, message)


YAML = (
    swap("duplicate-key", "title: A policy with", "‸name: b\ntitle: A policy with",
         'line 3: found duplicate key "name" with value "b" (original value: "base")'),
    swap("tab-indent", "title: A policy", "‸\ttitle: A policy", r"line 3: found character '\t' that cannot start any token"),
    swap("unclosed-bracket", "source: [SRC-CLT-RCH-STD, invented]\nauthority:", "source: [SRC-CLT-RCH-STD, invented\nauthority‸:",
         "line 6: expected ',' or ']', but got ':'"),
    swap("text-cut-at-a-comma", "text: A late bill.", "text: A late bill, ‸very late.",
         "late: a text was cut at its comma inside { } (`very late.`): put the text in quotes"),
    swap("condition-cut-at-a-comma", FLY, 'when: count("bills", ‸months=12) >= 1, then: refuse', f"fly: {CUT_CONDITION}"),
    swap("condition-cut-between-names", FLY, 'when: listed("black", "grey"‸), then: refuse', f"fly: {CUT_CONDITION}"),
    swap("condition-with-brackets-unquoted", FLY, 'when: sex in ‸["male"], then: refuse',
         "fly: a condition with [ ] inside { } stands in quotes: put the whole condition in single quotes"),
    swap("anchor", "text: No flights.", "text: ‸&no No flights.",
         "found an anchor or alias (& or *): write the value out, or quote the text"),
    swap("tag", "text: No flights.", "text: ‸!!str No flights.", "found the tag `tag:yaml.org,2002:str`: documents have no tags"),
    swap("merge-key", "text: No flights.", "text: No flights., ‸<<: {note: a}", "found a merge key (<<): write the fields out"),
    swap("two-documents", "mistaken: 0.7}}\n", "mistaken: 0.7}}\n‸---\nglasshouse: policy/1\n",
         "a file holds one document: split the file at `---`"),
    swap("key-that-is-a-list", "text: No flights.", "text: No flights., ‸[a, b]: c", "a key is one word, not a list or a map"),
)  # fmt: skip

ANY = (
    swap("no-first-line", "glasshouse: policy/1\nname", "‸name",
         "the first line says what the document is: `glasshouse: policy/1`"),
    swap("unknown-document", "policy/1", "‸polcy/1",
         "unknown document `polcy`; policy, conduct, recipe, scenario, facts; did you mean `policy`?"),
    swap("unknown-version", "policy/1", "‸policy/2", "version 2 is not known here; this reader knows 1"),
    swap("unknown-key-at-top", "gates:\n", "‸gate: []\ngates:\n", "base: unknown field `gate`; did you mean `gates`?"),
    Case("name-with-capitals", "camera-network", "name: camera-network", "name: ‸Rongcheng",
         "Rongcheng.name: `Rongcheng` is no id: small letters, digits, - or _"),
    swap("text-missing", "{id: late, text: A late bill., ", "‸{id: late, ", "late: `text` is missing"),
    swap("source-missing", "{id: late, text: A late bill., source: SRC-CLT-RCH-STD, ", "‸{id: late, text: A late bill., ",
         "late: `source` is missing"),
    swap("source-unknown", "late bill., source: SRC-CLT-RCH-STD", "late bill., source: ‸SRC-CLT-RCH-ST",
         "late.source: unknown source `SRC-CLT-RCH-ST`; did you mean `SRC-CLT-RCH-STD`?"),
    late("unknown-field", f"{LATE}, ‸point: -10", "late: unknown field `point`; did you mean `points`?"),
    swap("id-twice", "{id: give, text: A donation., source: invented, rating: pts, on: blood_donation, points: 5}",
         "{id: ‸late, text: A donation., source: invented, rating: pts, on: blood_donation, points: 5}",
         "late: the id stands already in rules; ids are unique in a document"),
    swap("id-with-capital", "{id: late,", "{id: ‸LateBill,", "LateBill.id: `LateBill` is no id: small letters, digits, - or _"),
    late("confidence-unknown", f"{LATE}, confidence: ‸sure",
         "late.confidence: found `sure`, expected one of verified, derived, background, invented, intention"),
    swap("reading-unknown", FLY, f"{FLY}, reading: ‸official",
         "fly.reading: found `official`, expected one of reported, documented"),
    late("field-empty", "on: late_utility, points: -10, lapse: ‸null", "late.lapse: is empty"),
    swap("subjects-unknown", FLY, f"{FLY}, subjects: ‸persons", "fly.subjects: found `persons`, expected residents or firms"),
    swap("subjects-not-of-the-policy", FLY, f"{FLY}, subjects: ‸firms", "fly.subjects: `firms` are not subjects of this document"),
    swap("jurisdiction-unknown", "jurisdiction: rongcheng", "jurisdiction: ‸rongchen",
         "base.jurisdiction: unknown areas `rongchen`; did you mean `rongcheng`?"),
    swap("in-force-not-a-date", "in_force: 2016-01-01", "in_force: ‸2016-01",
         "base.in_force: found `2016-01`, expected a date such as 2018-01-01"),
    swap("in-force-no-such-day", "in_force: 2016-01-01", "in_force: ‸2016-02-30",
         "base.in_force: found `2016-02-30`, expected a date such as 2018-01-01"),
    swap("in-force-ends-before-it-begins", "in_force: 2016-01-01", "in_force: ‸{from: 2016-01-01, to: 2015-01-01}",
         "base.in_force: ends (2015-01-01) before it begins (2016-01-01)"),
    swap("clause-older-than-its-policy", FLY, f"{FLY}, in_force: ‸2015-01-01",
         "fly.in_force: begins 2015-01-01, before its policy (2016-01-01)"),
    swap("authority-incomplete", "authority: {name: A city, kind: public, level: city}", "authority: ‸{name: A city, kind: public}",
         "base.authority: `level` is missing"),
    swap("conduct-unknown", "written_for: base-conduct", "written_for: ‸base-conducts",
         "base.written_for: unknown conduct `base-conducts`; did you mean `base-conduct`?"),
    swap("reads-unknown-policy", "reads: [court-defaulters]", "reads: [court-defaulters, ‸camera-net]",
         "reads: unknown policy `camera-net`; did you mean `camera-network`?"),
    swap("reads-itself", "reads: [court-defaulters]", "reads: [court-defaulters, ‸base]", "reads: `base` is this policy itself"),
    Case("section-not-a-list", "camera-network",
         "rules:\n  - {id: minor, text: Two points., source: invented, on: jaywalking, points: -2, lapse: 12 months}", "rules: ‸{}",
         "camera-network.rules: expected a list of clauses, each beginning with `- id:`"),
)  # fmt: skip

VALUES = (
    swap("rate-without-unit", "rate: 0.26 per year", "rate: ‸0.26", "mend.rate: found 0.26 without a unit; write `0.26 per year`"),
    swap("rate-with-unknown-unit", "rate: 0.26 per year", "rate: ‸0.26 a year",
         f"mend.rate: unknown unit `a year` for a rate; one of {RATES}; did you mean `per year`?"),
    swap("rate-negative", "rate: 0.26 per year", "rate: ‸-0.26 per year",
         "mend.rate: found `-0.26 per year`, a rate cannot be negative"),
    late("duration-without-unit", "on: late_utility, points: -10, lapse: ‸24",
         "late.lapse: found 24 without a unit; write `24 months`"),
    late("duration-misspelt-unit", "on: late_utility, points: -10, lapse: ‸24 mounths",
         f"late.lapse: unknown unit `mounths` for a duration; one of {DURATIONS}; did you mean `months`?"),
    swap("duration-negative", "delay: 3 working days", "delay: ‸-3 days", "mend.delay: found `-3 days`, a duration cannot be negative"),
    hit("chance-above-one", "45", ": found 45, a chance lies between 0 and 1; did you mean a percentage, 0.45?"),
    hit("chance-as-percent", "45 %", ": found `45 %`, expected a chance from 0 to 1; write 0.45"),
    hit("chance-with-rate-unit", "0.1 per year",
        ": found `0.1 per year`, expected a chance from 0 to 1; a chance has no unit, a `rate` has"),
    hit("chance-negative", "-0.1", ": found -0.1, a chance lies between 0 and 1"),
    hit("number-without-end", "1e400", ": found `1e400`, a number of this size has no meaning here"),
    hit("not-a-number", ".nan", ": found `.nan`, expected a chance"),
    late("points-with-fraction", "on: late_utility, points: ‸-2.5, lapse: 24 months",
         "late.points: found -2.5, points are whole numbers"),
    late("points-with-unit", "on: late_utility, points: ‸-10 points, lapse: 24 months",
         "late.points: found `-10 points`, expected whole points without unit"),
    hit("dates-do-not-rise", "{2018-01-01: 0.1, 2016-01-01: 0.2}", ": dates must rise"),
    hit("first-date-after-start", "{2017-01-01: 0.1}",
        ": no value between the start of the clause (2016-01-01) and 2017-01-01"),
    hit("month-instead-of-date", "{2016-01: 0.1}", f": found keys 2016-01; {DATED}"),
    hit("only-one-reading", "{reported: 0.1}", ": only `reported` is stated; a value that differs by reading states both"),
    hit("third-reading", "{reported: 0.1, documented: 0.2, ‸disputed: 0.3}", ": `disputed` is not a reading"),
    hit("reading-inside-date", "{2016-01-01: ‸{reported: 0.1, documented: 0.2}}",
        "[2016-01-01]: readings stand outside: write {reported: .., documented: ..} and put dates and notes inside"),
    hit("note-inside-date", "{2016-01-01: ‸{value: 0.1, note: guess}}",
        "[2016-01-01]: a note cannot stand inside a date: give the note to the whole series"),
    hit("value-outside-its-range", "{value: 0.5, range: [0.6, 0.9]}", ": the value 0.5 lies outside its range [0.6, 0.9]"),
    hit("range-upside-down", "{value: 0.5, range: ‸[0.9, 0.1]}", ".range: the lower bound stands first"),
    hit("unknown-key-beside-value", "{value: 0.5, ‸confidense: verified}",
        ": unknown key `confidense` beside `value`; did you mean `confidence`?"),
    swap("yes-instead-of-true", "reasons: true", "reasons: ‸yes",
         "black.reasons: found `yes`; write true or false (YAML 1.2 reads yes and no as words)"),
    hit("true-instead-of-number", "true", ": found true, expected a chance"),
    hit("factor-for-unknown-field", "0.5, factors: {‸hit_rate: {sex: {male: 2}}}", ""),
    hit("factor-without-value", "0.5, factors: {‸mistaken_chance: {sex: {male: 2}}}", ""),
    hit("factor-for-unknown-attribute", "0.5, factors: {hit_chance: {‸gender: {male: 2}}}", ""),
    hit("factor-for-unknown-level", "0.5, factors: {hit_chance: {sex: {‸man: 2}}}", ""),
    hit("factor-cuts-a-band", "0.5, factors: {hit_chance: {age: {‸25: 2}}}", ""),
    hit("factor-with-dates", "0.5, factors: {hit_chance: {sex: {male: ‸{2016-01-01: 2}}}}", ""),
    hit("factor-below-nought", "0.5, factors: {hit_chance: {sex: {male: ‸-2}}}", ""),
    swap("set-of-sets", "sets:\n", "sets:\n  all: ‸[bills]\n", "base.sets.all: a set holds names, not sets"),
    swap("set-of-mixed-kinds", "bills: [late_utility, late_card]", "bills: [late_utility, late_card]\n  odd: ‸[late_utility, air_ticket]",
         "base.sets.odd: a set holds events, or services, or lists: these names are unknown or mixed"),
    swap("set-named-like-an-event", "sets:\n", "sets:\n  ‸late_card: [late_utility]\n",
         "base.sets.late_card: `late_card` is already the name of an event or service"),
    swap("set-named-like-one-of-the-conduct", "sets:\n", "sets:\n  ‸late_bills: [late_utility]\n",
         "base.sets.late_bills: `late_bills` is already a set of the conduct document"),
    swap("set-of-the-wrong-kind", "services: [air_ticket]", "services: [‸bills]",
         "fly.services: set `bills` holds names that are not services"),
)  # fmt: skip
_FACTORS = {
    "factor-for-unknown-field": (
        f"feed.factors: `hit_rate` takes no factors here; one of {WITH_FACTORS}; did you mean `hit_chance`?"
    ),
    "factor-without-value": "feed.factors: `mistaken_chance` has factors but no value",
    "factor-for-unknown-attribute": "feed.factors.hit_chance: unknown attribute `gender`",
    "factor-for-unknown-level": "feed.factors.hit_chance.sex: `man` is no level of `sex`",
    "factor-cuts-a-band": f"feed.factors.hit_chance.age: 25 is no break of `age`; breaks are {BREAKS}",
    "factor-with-dates": "feed.factors.hit_chance.sex.male: a factor has no dates: write one number",
    "factor-below-nought": "feed.factors.hit_chance.sex.male: found -2, expected a factor of 0 or more",
}
VALUES = tuple(case._replace(message=_FACTORS.get(case.name, case.message)) for case in VALUES)

TIED_FIRM = (
    "{id: fly, text: No flights., source: invented, subjects: residents, services: [air_ticket], "
    "when: ‸'tie_any(\"responsible_for\", size == \"tiny\")', then: refuse}"
)
CASE_ROW = "cases: [{when: 'count(\"bills\", months=12) >= 1', value: 0}]"


def past(name: str, when: str, message: str) -> Case:
    """A case that changes the condition of the indicator `past`."""
    new = f"cases: [{{when: ‸'{when}', value: 0}}]"
    return Case(name, "policy", CASE_ROW, new, f"past.cases[0].when: {message}")


CONDITIONS = (
    fly("condition-with-one-equals", 'sex = "male"', '`sex = "male"` is no condition; write == for equals'),
    fly("condition-with-ampersand", 'listed("black") && age >= 18',
        '`listed("black") && age >= 18` is no condition; write and, or, not'),
    fly("condition-unknown-function", 'list("black")', "unknown function `list`; did you mean `listed`?"),
    fly("condition-unknown-attribute", "agee >= 18", "unknown attribute `agee`; did you mean `age`?"),
    fly("condition-list-as-attribute", "black", 'unknown attribute `black`; lists are asked by listed("black")'),
    fly("condition-cuts-a-band", "age >= 20",
        f"`age` is known in bands from {BREAKS}; a comparison with 20 would cut a band"),
    fly("condition-unknown-level", 'schooling == "colege"', "`colege` is no level of `schooling`; did you mean `college`?"),
    fly("condition-order-without-order", 'employment >= "employed"', "the levels of `employment` have no order"),
    fly("condition-number-in-quotes", 'age >= "18"', "`age` is a number: write it without quotes"),
    fly("condition-attribute-of-firms", 'size == "small"', "`size` is an attribute of firms, but the clause is about residents"),
    swap("condition-level-of-a-tied-firm",
         "{id: fly, text: No flights., source: invented, services: [air_ticket], when: listed(\"black\"), then: refuse}",
         TIED_FIRM, "fly.when: `tiny` is no level of `size`"),
    fly("condition-arithmetic", "'score(\"pts\") + 10 >= 600'", "`score('pts') + 10`: no arithmetic in a condition"),
    fly("condition-dot", "'subject.age >= 18'", "`subject.age`: no dots in a condition"),
    past("condition-count-without-window", 'count("bills") >= 1', WINDOW),
    past("condition-count-without-comparison", 'count("bills", months=12)',
         "`count('bills', months=12)` is a number: compare it with something"),
    past("condition-window-in-weeks", 'count("bills", weeks=12) >= 1', WINDOW),
    fly("condition-name-without-quotes", "listed(black)", "listed: names stand in quotes, separated by commas"),
    fly("condition-unknown-list", 'listed("blacks")', "unknown lists `blacks`; did you mean `black`?"),
    fly("condition-unknown-tier", 'tier("pts") == "D"', f"`D` {NO_TIER}"),
    fly("condition-tier-against-number", 'tier("pts") >= 850', f"`850` {NO_TIER}; score(..) compares numbers"),
    fly("condition-score-against-tier", 'score("pts") >= "A"', "`score('pts')` is a number: compare it with a number"),
    fly("condition-listed-equals-true", 'listed("black") == true',
        "leave out true and false: write the attribute or `not` the attribute"),
    fly("condition-unknown-tie", "'tie_any(\"familly\", listed(\"black\"))'", "unknown ties `familly`"),
    fly("condition-tie-of-tie", "'tie_any(\"household\", tie_any(\"friends\", listed(\"black\")))'",
        "a tie cannot be asked about its own ties"),
    fly("condition-counts-records-of-a-tie", "'tie_any(\"household\", count(\"bills\", months=12) >= 1)'",
        "count: of a tied subject only attributes, scores, tiers and lists are known"),
    fly("condition-of-two-constants", "age >= 18 >= 3", "`age >= 18 >= 3` compares two constants"),
    fly("condition-calls-python", "'__import__(\"os\").system(\"x\")'",
        "`__import__('os').system('x')` is not in the vocabulary of conditions"),
    fly("condition-tie-without-condition", 'tie_any("household")',
        'tie_any takes a tie and a condition: tie_any("household", listed("x"))'),
    fly("condition-firm-asked-for-age", "'tie_any(\"employer\", age >= 18)'",
        "`age` is an attribute of residents, but the clause is about firms"),
    fly("condition-amount-without-record", "amount >= 1000", "`amount` is that of a record: it needs `on`"),
    late("condition-amount-of-an-event-without-amounts", f"{LATE}, when: ‸amount >= 1000",
         "late.when: events late_utility have no `amounts`"),
    fly("condition-of-a-response-in-a-policy", "'refused(\"bank_credit\", months=6) >= 1'",
        "refused is for responses in the conduct document: an authority cannot know it"),
    fly("condition-true", "true", "leave `when` out instead of writing true or false"),
    fly("list-of-a-policy-that-is-not-read", 'listed("tax-cases")', "unknown lists `tax-cases`; name its policy under `reads`"),
)  # fmt: skip

ENROLMENT = (
    swap("rates-but-enrols-nobody",
         "enrolment:\n  - {id: who, text: Adults are rated., source: invented, when: age >= 18, mode: compulsory}\n",
         "enrolment: ‸[]\n", "base: the policy rates but enrols nobody: add `enrolment`"),
    Case("enrolment-of-the-wrong-rating", "policy", "when: age >= 18, mode", "of: [wgt], when: age >= 18, mode",
         "pts: no enrolment clause holds residents in this rating", at="{id: pts"),
    swap("repeals-unknown-policy", "sets:\n", "repeals: [‸camera-net]\nsets:\n",
         "repeals: unknown policy `camera-net`; did you mean `camera-network`?"),
    swap("repeals-unknown-clause", "sets:\n", "repeals: [‸camera-network/mini]\nsets:\n",
         "repeals: `mini` is no clause of `camera-network`"),
    swap("mode-unknown", "mode: compulsory", "mode: ‸voluntary",
         "who.mode: found `voluntary`, expected one of compulsory, opt_out, opt_in"),
    swap("enrolment-asks-for-a-score", "when: age >= 18, mode", 'when: ‸score("pts") >= 600, mode',
         "who.when: score: an enrolment asks attributes only"),
    swap("watches-unknown-event", "watches: [bills, tax_unpaid, blood_donation]",
         "watches: [bills, ‸late_bill, tax_unpaid, blood_donation]",
         "feed.watches: unknown events `late_bill`; did you mean `late_bills`?"),
    swap("watches-nothing", "tie: neighbours, watches: [quarrel]", "tie: neighbours, watches: ‸[]", "talk.watches: the list is empty"),
    swap("camera-without-identify",
         "- {id: cam, text: Cameras look., source: invented, method: camera, keeper: police, watches: [jaywalking], view: "
         "{cameras_per_resident: 0.1, recognising_share: 0.1, reach: 2}, identify: {gallery: country, "
         "false_match_chance: 1e-9, miss_chance: 0.1}}",
         "- ‸{id: cam, text: Cameras look., source: invented, method: camera, keeper: police, watches: [jaywalking], view: "
         "{cameras_per_resident: 0.1, recognising_share: 0.1, reach: 2}}", "cam: a camera detector needs `identify`"),
    swap("camera-with-mistaken-chance", "reach: 2}, identify", "reach: 2}, mistaken_chance: ‸0.01, identify",
         "cam: in a camera network mistakes come from `identify` and `link`; leave out mistaken_chance"),
    swap("camera-sees-through-walls", "watches: [jaywalking]", "watches: ‸[jaywalking, quarrel]",
         "cam: a camera cannot see `quarrel`: its place is not public"),
    hit("register-with-view", "0.5, view: ‸{cameras_per_resident: 0.1, recognising_share: 0.1, reach: 2}", ""),
    swap("report-without-tie",
         "- {id: talk, text: Neighbours talk., source: invented, method: report, keeper: city, tie: neighbours,",
         "- ‸{id: talk, text: Neighbours talk., source: invented, method: report, keeper: city,",
         "talk: a report needs `tie`: who reports whom?"),
    hit("register-with-tie", "0.5, tie: ‸neighbours", ""),
    swap("gallery-unknown", "gallery: country", "gallery: ‸world",
         "cam.identify.gallery: found `world`, expected country, province, city, enrolled or a number of faces"),
    hit("ground-unknown", "0.5, review: {override_chance: {‸guilty: 0.1}}", ""),
    hit("ground-false-is-a-boolean", "0.5, review: {override_chance: {‸false: 0.1}}", ""),
    swap("watches-what-firms-do", "watches: [quarrel]", "watches: ‸[forced_exit]",
         "talk: event `forced_exit` is done by firms, the clause is about residents"),
)  # fmt: skip
_DETECTORS = {
    "register-with-view": "feed: `view` belongs to method camera",
    "register-with-tie": "feed: `tie` belongs to method report",
    "ground-unknown": f"feed.review.override_chance: `guilty` is no ground; {GROUNDS}",
    "ground-false-is-a-boolean": f"feed.review.override_chance: `false` is no ground; {GROUNDS}",
}
ENROLMENT = tuple(case._replace(message=_DETECTORS.get(case.name, case.message)) for case in ENROLMENT)


def tiers(name: str, rows: str, message: str) -> Case:
    """A case that changes the tiers of the rating `pts`."""
    return Case(name, "policy", f"tiers: {TIERS}", f"tiers: ‸{rows}", f"pts.tiers: {message}")


RATINGS = (
    tiers("tiers-worst-first", "[{tier: B, from: 850}, {tier: A, from: 1030}, {tier: C}]",
          "tiers stand best first: in a merit rating `from` falls from row to row"),
    tiers("last-tier-with-bound", "[{tier: A, from: 1030}, {tier: C, from: 600}]",
          "the last tier catches the rest: leave out its `from`"),
    tiers("last-tier-with-condition", "[{tier: A, from: 1030}, {tier: C, when: age >= 18}]",
          "the last tier catches the rest: it has no condition"),
    tiers("tier-twice", "[{tier: A, from: 1030}, {tier: A, from: 850}, {tier: C}]", "a tier stands twice"),
    tiers("tier-outside-the-scale", "[{tier: A, from: 2500}, {tier: C}]", "2500 lies outside floor and ceiling"),
    swap("floor-above-ceiling", f"floor: 0, ceiling: 2000, publish: 1 month, tiers: {TIERS}",
         f"floor: 3000, ceiling: 2000, publish: 1 month, tiers: ‸{TIERS}", "pts.tiers: 1030 lies outside floor and ceiling"),
    swap("start-outside-the-scale", "start: 1000", "start: ‸2500", "pts: start 2500 lies outside floor and ceiling"),
    swap("points-rating-without-start", "- {id: pts, text: A score that counts., source: invented, method: points, start: 1000,",
         "- ‸{id: pts, text: A score that counts., source: invented, method: points,", "pts: `start` is missing"),
    swap("weighted-rating-with-start", "method: weighted,", "method: weighted, start: ‸500,", "wgt: a weighted rating has no start"),
    Case("weights-do-not-add-up", "policy", "rating: wgt, weight: 0.4", "rating: wgt, weight: 0.5",
         "wgt: the weights add up to 1.1, not 1", at="{id: wgt"),
    late("rule-with-two-triggers", f"{LATE}, every: ‸12 months", "late: exactly one of on, every; found on and every"),
    late("rule-with-two-effects", f"{LATE}, becomes: ‸600",
         "late: exactly one of points, discretion, becomes; found points and becomes"),
    late("rule-of-nought-points", "on: late_utility, points: ‸0, lapse: 24 months", "late: nought points do nothing"),
    late("breach-with-reward", "on: late_utility, points: ‸10",
         "late: 10 points would reward late_utility; in a merit rating a breach has negative points"),
    swap("merit-with-deduction", "points: 5}", "points: ‸-5}",
         "give: -5 points would punish blood_donation; in a merit rating a merit has positive points"),
    late("cap-with-other-sign", f"{LATE}, cap: ‸{{points: 50, per: 12 months}}", "late: the cap has the other sign than the points"),
    late("cap-smaller-than-one-award", f"{LATE}, cap: ‸{{points: -5, per: 12 months}}",
         "late: the cap is smaller than one award of points"),
    swap("discretion-higher-first", "discretion: [-50, -5]", "discretion: ‸[-5, -50]", "some.discretion: write the lower first: [-50, -5]"),
    late("rule-no-detector-feeds", "on: ‸drunk_driving, points: -10, lapse: 24 months",
         "late: remark: no detector of this policy watches `drunk_driving`: the rule can never apply"),
    swap("tier-never-reached", TIERS, "‸[{tier: A, from: 1030}, {tier: B, from: 1030}, {tier: C}]",
         "pts.tiers: remark: tier `B` is never reached"),
    late("lapse-of-no-step", "on: late_utility, points: -10, lapse: ‸10 days",
         "late.lapse: remark: rounds to no month; it counts as one month"),
    swap("indicator-with-cases-and-ties", CASE_ROW, f"{CASE_ROW}, tie_mean: ‸{{tie: friends, rating: wgt}}",
         "past: exactly one of cases, tie_mean; found cases and tie_mean"),
    swap("indicator-without-otherwise",
         f"- {{id: past, text: Past payment., source: invented, rating: wgt, weight: 0.6, {CASE_ROW}, otherwise: 1}}",
         f"- ‸{{id: past, text: Past payment., source: invented, rating: wgt, weight: 0.6, {CASE_ROW}}}",
         "past: `otherwise` is missing"),
    swap("indicator-of-firms-ties", "tie_mean: {tie: friends, rating: wgt}", "tie_mean: ‸{tie: partners, rating: wgt}",
         "kin: tie `partners` leads from firms"),
)  # fmt: skip
RATINGS += (
    Case("demerit-tiers-fall", "demerit", "[{tier: white, from: 0}, {tier: red, from: 24}]",
         "‸[{tier: red, from: 24}, {tier: white, from: 0}]",
         "pts.tiers: tiers stand best first: in a demerit rating `from` rises from row to row"),
    Case("demerit-tier-without-bound", "demerit", "{tier: red, from: 24}]", "{tier: red}]",
         "pts.tiers: in a demerit rating every tier has a `from`, the first the floor", at="[{tier: white"),
    Case("demerit-tiers-above-the-floor", "demerit", "{tier: white, from: 0}", "{tier: white, from: 1}",
         "pts.tiers: in a demerit rating every tier has a `from`, the first the floor", at="[{tier: white"),
    Case("demerit-offence-with-reward", "demerit", "points: 6", "points: ‸-6",
         "drink: -6 points would reward drunk_driving; in a demerit rating an offence has positive points"),
    swap("rule-in-a-weighted-rating", f"rating: pts, {LATE}", f"rating: ‸wgt, {LATE}", "late: a rule needs a rating with method points"),
    swap("rule-without-rating-among-two", f"- {{id: late, text: A late bill., source: SRC-CLT-RCH-STD, rating: pts, {LATE}}}",
         f"- ‸{{id: late, text: A late bill., source: SRC-CLT-RCH-STD, {LATE}}}", "late: `rating` is missing: the policy has 2 ratings"),
    swap("rule-without-trigger", f"- {{id: late, text: A late bill., source: SRC-CLT-RCH-STD, rating: pts, {LATE}}}",
         "- ‸{id: late, text: A late bill., source: SRC-CLT-RCH-STD, rating: pts, points: -10, lapse: 24 months}",
         "late: exactly one of on, every; found none"),
    swap("indicator-weights-above-one", "rating: wgt, weight: 0.4", "rating: wgt, weight: ‸1.4",
         "kin.weight: found 1.4, a chance lies between 0 and 1; did you mean a percentage, 0.014?"),
)  # fmt: skip


def enter(name: str, rows: str, message: str) -> Case:
    """A case that changes how one comes onto the list `black`."""
    return Case(name, "policy", ENTER, f"enter: {rows}", f"black.enter[0]: {message}")


def mend(name: str, old: str, new: str, message: str) -> Case:
    """A case that changes the remedy `mend`."""
    return Case(name, "policy", old, new, message)


LISTS = (
    enter("entry-without-cause", "[‸{term: 24 months}]", "says neither `on` (a record) nor `when` (a condition)"),
    enter("entry-without-term", "[‸{on: tax_unpaid}]", "`term` is missing"),
    swap("entry-by-a-tie", 'enter: [{when: tier("pts") == "C", term: while}]',
         "enter: [{when: ‸'tie_any(\"household\", listed(\"black\"))', term: 12 months}]",
         "grey.enter[0]: a tie that leads onto a list is a `spread` clause"),
    enter("entry-while-on-a-record", "[{on: tax_unpaid, term: ‸while}]", "`while` needs a condition that can end, not a record"),
    enter("entry-of-an-event-nobody-watches", "[{on: ‸drunk_driving, term: 24 months}]",
          "remark: no detector of this policy watches `drunk_driving`: nobody can enter"),
    swap("list-nobody-can-enter", f"- {{id: black, text: A list., source: invented, reasons: true, {ENTER}}}",
         "- ‸{id: black, text: A list., source: invented, reasons: true}",
         "black: nobody can enter: `enter` is missing and no spread leads here"),
    Case("entry-asks-its-own-list", "policy", 'when: tier("pts") == "C", term: while', 'when: not listed("grey"), term: while',
         "grey.enter: lists lead onto one another in a circle: grey, grey", at="{id: grey"),
    swap("spread-from-unknown-list", "from: black", "from: ‸white", "kinship.from: unknown lists `white`"),
    swap("spread-to-the-wrong-subjects", "to: household", "to: ‸employer",
         "kinship: tie `employer` leads to firms, list `grey` holds ['residents']"),
    swap("spread-for-ever", f"- {KINSHIP}",
         "- ‸{id: kinship, text: The household follows., source: invented, from: black, to: household, list: black}",
         "kinship: spreads for ever: a list that spreads into itself needs a chance below 1 or a term"),
    swap("spread-onto-another-authority", "list: grey}", "list: ‸defaulters}",
         "kinship: `defaulters` belongs to another authority: nobody can be listed here"),
    swap("gate-unknown-service", "services: [air_ticket]", "services: [‸air_tickets]",
         "fly.services: unknown services `air_tickets`; did you mean `air_ticket`?"),
    swap("gate-service-of-other-subjects", "services: [air_ticket]", "services: ‸[tender]",
         "fly: service `tender` is asked for by firms, the clause is about residents"),
    swap("gate-without-condition", "- {id: fly, text: No flights., source: invented, services: [air_ticket], when: listed(\"black\"),",
         "- ‸{id: fly, text: No flights., source: invented, services: [air_ticket],", "fly: `when` is missing"),
    swap("gate-with-two-effects", "then: {price: -5 percent}", "then: ‸{price: -5 percent, wait: 3 days}",
         "cheap.then: exactly one effect: refuse, or {limit|price|wait|rank: amount}; two effects are two gates"),
    swap("gate-unknown-effect", "then: {price: -5 percent}", "then: ‸{discount: 5 percent}", "cheap.then: unknown effect `discount`"),
    swap("gate-effect-without-unit", "then: {price: -5 percent}", "then: {price: ‸-5}",
         "cheap.then: found `-5`, expected a number with percent or yuan"),
    swap("gate-effect-with-wrong-unit", "then: {price: -5 percent}", "then: {price: ‸-5 days}",
         "cheap.then: unknown unit `days` for price; percent or yuan"),
    swap("gate-price-below-nothing", "then: {price: -5 percent}", "then: {price: ‸-120 percent}",
         "cheap.then: a price cannot fall by more than 100 percent"),
    swap("gate-yuan-off-a-service-without-price", FLY, 'when: listed("black"), then: ‸{price: -5 yuan}',
         "fly.then: service `air_ticket` has no price in the conduct document: use percent, or give it one"),
    swap("gate-percent-of-nothing", FLY, 'when: listed("black"), then: ‸{price: 20 percent}',
         "fly.then: service `air_ticket` has no price in the conduct document to take percent of: give it one"),
    swap("gate-wait-shortened-where-there-is-none", "then: {price: -5 percent}", "then: ‸{wait: -5 days}",
         "cheap.then: service `electricity` has no wait to shorten in the conduct document"),
    swap("gate-evasion-without-refusal", "then: {price: -5 percent}", "then: {price: -5 percent}, evasion_caught: ‸0.5",
         "cheap: only a refusal is evaded"),
    mend("remedy-of-unknown-list", "of: [black], kind", "of: [‸blak], kind",
         "mend.of: unknown lists or ratings `blak`; did you mean `black`?"),
    mend("remedy-of-another-authority", "of: [black], kind", "of: ‸[defaulters], kind",
         "mend: `defaulters` belongs to another authority: it cannot be remedied here"),
    mend("appeal-without-success", "- {id: ask, text: Appeal., source: invented, of: [black, pts], kind: appeal, rate: 0.1 per year, "
         "success: {own: 0.1, mistaken: 0.7}}",
         "- ‸{id: ask, text: Appeal., source: invented, of: [black, pts], kind: appeal, rate: 0.1 per year}",
         "ask: an appeal needs `success` by ground"),
    mend("appeal-with-one-chance", "success: {own: 0.1, mistaken: 0.7}", "success: ‸0.1", "ask: an appeal needs `success` by ground"),
    mend("repair-that-suspends", "delay: 3 working days", "delay: 3 working days, suspends: ‸true", "mend: only an appeal suspends"),
)  # fmt: skip


def reform(name: str, old: str, new: str, message: str) -> Case:
    """A case that changes the reform."""
    return Case(name, "reform", old, new, message)


SET = "defaulters.notice: before"
HOTELS = (
    "    - {id: hotels, text: No hotels., source: invented, subjects: residents, services: [hotel], "
    'when: listed("defaulters"), then: refuse}\n'
)
REFORMS = (
    reform("base-unknown", "based_on: court-defaulters", "based_on: ‸court-defaulter",
           "based_on: unknown policy `court-defaulter`; did you mean `court-defaulters`?"),
    reform("set-unknown-clause", SET, "‸defaulter.notice: before",
           "set: `defaulter.notice` names no clause of `court-defaulters`; did you mean `defaulters`?"),
    reform("set-unknown-field", SET, "‸defaulters.notise: before",
           "set: unknown field `notise` in `defaulters.notise`; did you mean `notice`?"),
    reform("set-changes-nothing", SET, "‸air.then: refuse", "set: `air.then` already has this value: the change changes nothing"),
    reform("set-changes-nothing-of-a-default", SET, "‸air.evasion_caught: 1.0",
           "set: `air.evasion_caught` already has this value: the change changes nothing"),
    reform("set-unknown-row", SET, "‸defaulters.enter[3].term: 12 months",
           "set: `defaulters.enter[3].term` names no row: there are 2, counted from 1"),
    reform("set-bad-value", SET, "performance.rate: ‸0.5", "performance.rate: found 0.5 without a unit; write `0.5 per year`"),
    reform("without-unknown-clause", "without: [costly-schools]", "without: [‸costly-school]",
           "without: `costly-school` is no clause of `court-defaulters`; did you mean `costly-schools`?"),
    reform("add-unknown-section", f"add:\n  gates:\n{HOTELS}", "add: {‸gate: []}\n", "add: unknown section `gate`; did you mean `gates`?"),
    reform("add-id-twice", "{id: hotels,", "{id: ‸air,", "air: the id stands already in gates; ids are unique in a document"),
    reform("section-of-a-reform", "add:\n", "‸remedies: []\nadd:\n",
           "court-reformed: a reform adds clauses under `add`: add: {remedies: [..]}"),
)  # fmt: skip


def conduct(name: str, old: str, new: str, message: str) -> Case:
    """A case that changes the conduct document."""
    return Case(name, "conduct", old, new, message)


def recipe(name: str, old: str, new: str, message: str) -> Case:
    """A case that changes the recipe."""
    return Case(name, "recipe", old, new, message)


def scenario(name: str, old: str, new: str, message: str) -> Case:
    """A case that changes the scenario."""
    return Case(name, "scenario", old, new, message)


DETERRED = "when: sanctioned(months=12) >= 1"
OTHERS = (
    conduct("event-with-rate-and-parent", "nature: breach, gravity: 1, rate: 0.004 per year}",
            "nature: breach, gravity: 1, rate: 0.004 per year, follows: ‸{event: tax_unpaid, chance: 0.1, after: 1 month}}",
            "rent_dispute: exactly one of rate, follows; found rate and follows"),
    conduct("event-follows-unknown", "follows: {event: rent_dispute, chance: 0.1, after: 6 months}",
            "follows: {event: ‸rent_disputes, chance: 0.1, after: 1 month}",
            "judgment_after_dispute.follows.event: unknown events `rent_disputes`; did you mean `rent_dispute`?"),
    conduct("event-follows-itself", "follows: {event: rent_dispute,", "follows: ‸{event: judgment_after_dispute,",
            "judgment_after_dispute.follows: events follow one another in a circle: judgment_after_dispute, "
            "judgment_after_dispute"),
    conduct("gravity-outside", "context: housing, nature: breach, gravity: 1", "context: housing, nature: breach, gravity: ‸7",
            "rent_dispute.gravity: found 7, expected 1 (slight) to 5 (gravest)"),
    conduct("gravity-of-protected-conduct", "context: speech, nature: choice, gravity: 1", "context: speech, nature: choice, gravity: ‸2",
            "online_criticism.gravity: remark: lawful protected conduct of gravity 2"),
    conduct("nature-unknown", "context: speech, nature: choice", "context: speech, nature: ‸crime",
            "online_criticism.nature: found `crime`, expected one of offence, breach, manners, choice, merit, misfortune"),
    conduct("amount-shares-do-not-add-up", "amounts: {5000 yuan: 0.3, 50000 yuan: 0.7}",
            "amounts: ‸{5000 yuan: 0.3, 50000 yuan: 0.3}", "judgment_unpaid.amounts: shares add up to 0.6, not 1"),
    conduct("limit-not-readable", "rate: 0.24 per year, limit: 1 per month", "rate: 0.24 per year, limit: ‸once a month",
            "job_change.limit: found `once a month`, expected for example `1 per month`"),
    conduct("rate-too-large-for-its-limit", "rate: 0.24 per year, limit", "rate: ‸24 per year, limit",
            "job_change.rate: up to 2.000 are expected for one subject in a month, where the limit of 1 allows 0.999"),
    conduct("service-without-severity",
            "- {id: hotel, text: A good hotel., source: invented, context: travel, right: movement, severity: 2,",
            "- ‸{id: hotel, text: A good hotel., source: invented, context: travel, right: movement,", "hotel: `severity` is missing"),
    conduct("attempts-below-one", "severity: 2, rate: 0.6 per year", "severity: 2, rate: 0.6 per year, attempts: ‸0.5",
            "hotel.attempts: found 0.5, expected at least one attempt"),
    conduct("response-names-a-list", DETERRED, 'when: ‸listed("defaulters")', f"deterred.when: listed: {OWN}"),
    conduct("response-counts-records", DETERRED, "when: ‸'count(\"jaywalking\", months=12) >= 1'", f"deterred.when: count: {OWN}"),
    conduct("response-changes-a-list", "changes: [jaywalking, late_bills]", "changes: [jaywalking, ‸defaulters]",
            "deterred.changes: unknown events or services `defaulters`"),
    conduct("recipe-unknown", "written_for: base-recipe", "written_for: ‸base-recip",
            "base-conduct.written_for: unknown recipe `base-recip`; did you mean `base-recipe`?"),
    recipe("attribute-shares-do-not-add-up", "levels: {male: 0.51, female: 0.49}", "levels: ‸{male: 0.6, female: 0.6}",
           "attributes.sex: shares add up to 1.2, not 1"),
    recipe("attribute-breaks-and-shares-differ", "shares: [0.2, 0.2, 0.2, 0.2, 0.2]", "shares: ‸[0.5, 0.5]",
           "attributes.income: 5 breaks but 2 shares"),
    recipe("attribute-given-a-later-one", "given: age, yes", "given: ‸size, yes", "attributes.student: `given: size` must be declared before"),
    recipe("attribute-with-two-forms", "levels: {male: 0.51, female: 0.49}", "levels: {male: 0.51, female: 0.49}, yes: ‸0.5",
           "attributes.sex: exactly one of breaks, levels, yes, from_areas; found levels and yes"),
    recipe("attribute-without-a-row", "yes: {0: 0, 6: 0.9, 18: 0.3, 23: 0}", "yes: ‸{6: 0.9, 18: 0.3, 23: 0}",
           "attributes.student.yes: no row for 0 of `age`"),
    recipe("attribute-with-a-thin-cell", "- {id: sex, text: Sex., source: invented, levels: {male: 0.51, female: 0.49}}",
           "- ‸{id: sex, text: Sex., source: invented, levels: {male: 0.51, female: 0.48999999, other: 0.00000001}}",
           "attributes.sex: `other` holds fewer than 10 expected residents"),
    recipe("area-below-five-thousand", "residents: 670000", "residents: ‸8",
           "areas.rongcheng: an area below 5000 residents is too small for a recipe of aggregates"),
    recipe("area-part-larger-than-whole", "- {area: shandong, in: china, residents: 100000000, urban: 0.6}",
           "- ‸{area: shandong, in: china, residents: 600000, urban: 0.6}", "areas.shandong: its parts have more residents than it has"),
    recipe("area-rest-too-small", "- {area: shandong, in: china, residents: 100000000, urban: 0.6}",
           "- ‸{area: shandong, in: china, residents: 670100, urban: 0.6}",
           "areas.shandong: beside its parts 100 residents are left: below 5000 is too small for a recipe of aggregates"),
    recipe("area-before-its-whole", "in: shandong", "in: ‸shandon",
           "areas.rongcheng: `in: shandon` must be declared before; did you mean `shandong`?"),
    recipe("household-shares-do-not-add-up", "households:\n  - {id: alone, text: One adult., source: invented, share: 0.4,",
           "households:\n  ‸- {id: alone, text: One adult., source: invented, share: 0.5,", "households: shares add up to 1.1, not 1"),
    recipe("household-asks-a-list", "members: [age >= 18]}", "members: [‸listed(\"x\")]}",
           "households.alone.members[0]: listed: a member of a household is described by attributes only"),
    recipe("household-of-too-many-kinds", "households:\n",
           "households:\n  ‸- {id: many, text: Anybody., source: invented, share: 0, members: ['age >= 0', 'age >= 0', "
           "'age >= 0', 'age >= 0', 'age >= 0', 'age >= 0']}\n",
           "households: 5124 kinds of households: a recipe of aggregates has at most 2000"),
    recipe("tie-without-mean", "- {id: friends, text: Who is in touch., source: invented, from: residents, to: residents, "
           "within: block, mean: 20}",
           "- ‸{id: friends, text: Who is in touch., source: invented, from: residents, to: residents, within: block}",
           "ties.friends: `mean` is missing: how many such ties has a subject?"),
    recipe("household-tie-with-mean", "within: household}", "within: household, mean: ‸2}",
           "ties.household: a tie in a household has no `mean`"),
    recipe("identity-number", "text: Who trades.", "text: ‸Who trades with 11010519491231002X.",
           "found what looks like an identity number: documents hold aggregates, never a person's own"),
    recipe("mobile-number", "text: Who trades.", "text: ‸Ask 138 1234 5678 who trades.",
           "found what looks like a telephone number: documents hold aggregates, never a person's own"),
    recipe("mail-address", "text: Who trades.", "text: ‸Ask someone@example.org who trades.",
           "found what looks like an e-mail address: documents hold aggregates, never a person's own"),
    scenario("scenario-unknown-policy", "policies: [court-defaulters,", "policies: [court-defaulters, ‸court-defaulter,",
             "policies: unknown policy `court-defaulter`; did you mean `court-defaulters`?"),
    scenario("scenario-policy-read-is-missing", "policies: [court-defaulters, joint-memoranda]", "policies: [‸joint-memoranda]",
             "policies: `joint-memoranda` reads `court-defaulters`, which is not part of the scenario"),
    scenario("scenario-policy-twice", "policies: [court-defaulters,", "policies: [court-defaulters, ‸court-defaulters,",
             "policies: `court-defaulters` stands twice"),
    scenario("scenario-reading-unknown", "reading: documented", "reading: ‸both",
             "china-2018.reading: found `both`, expected one of reported, documented"),
    scenario("scenario-ends-before-it-begins", "period: {from: 2013-10-01,", "period: ‸{from: 2019-10-01,",
             "china-2018.period: ends (2018-12-31) before it begins (2019-10-01)"),
    scenario("scenario-set-unknown-policy", "seed: 2018\n", "seed: 2018\nset: {‸court/air.then: {limit: 20 percent}}\n",
             "set: unknown policy `court`"),
    scenario("scenario-group-unknown", "[sex, income]", "[sex, ‸incom]",
             "china-2018.groups[1]: unknown attribute `incom`; did you mean `income`?"),
    scenario("scenario-group-of-both-populations", "[sex, income]", "‸[sex, size]",
             "china-2018.groups[1]: attributes of residents and of firms are not crossed"),
    scenario("target-flow-without-period", "- {id: exits, text: Subjects taken off., source: SRC-COURT, quantity: left, "
             "item: tax-cases, kind: flow, during: {from: 2018-01-01, to: 2018-12-31},",
             "- ‸{id: exits, text: Subjects taken off., source: SRC-COURT, quantity: left, item: tax-cases, kind: flow,",
             "china-2018.targets.exits: a flow needs `during`: from which day to which day?"),
    scenario("target-stock-without-date", "value: {2018-05-31: 8400000}", "value: ‸8400000",
             "china-2018.targets.stock: a stock has values at dates"),
    scenario("target-cumulative-falls", "value: {2017-02-14: 71000, 2017-11-08: 170000}",
             "value: ‸{2017-02-14: 71000, 2017-11-08: 7000}", "china-2018.targets.posts: a running total cannot fall"),
    scenario("target-tolerance-without-unit", "tolerance: 20 percent", "tolerance: ‸10",
             "china-2018.targets.posts: tolerance: found `10`, expected for example `10 percent`"),
    scenario("target-item-unknown", "item: executive_post", "item: ‸executive_posts",
             "china-2018.targets.posts: unknown item `executive_posts`; did you mean `executive_post`?"),
    scenario("target-quantity-unknown", "quantity: refused_requests", "quantity: ‸refused_persons",
             f"china-2018.targets.posts.quantity: found `refused_persons`, expected one of {QUANTITIES}; "
             "did you mean `refused_requests`?"),
)  # fmt: skip

CASES: tuple[Case, ...] = (*YAML, *ANY, *VALUES, *CONDITIONS, *ENROLMENT, *RATINGS, *LISTS, *REFORMS, *OTHERS)

# --- valid neighbours: what lies beside a mistake and is none ------------------------------------------------------

VALID: tuple[Case, ...] = (
    swap("text-with-a-comma-in-quotes", "text: A late bill.", 'text: "A late bill, very late."', ""),
    fly("condition-with-a-comma-in-quotes", "'listed(\"black\", \"grey\")'", ""),
    fly("condition-in-a-chain", "18 <= age < 60", ""),
    fly("condition-with-ands-and-ors", "'not (listed(\"black\") or tier(\"pts\") <= \"B\") and sex in [\"male\", \"female\"]'", ""),
    fly("condition-over-lists-read", 'listed("defaulters")', ""),
    fly("condition-about-a-tied-firm", "'tie_any(\"responsible_for\", size == \"small\")'", ""),
    fly("condition-with-a-share-of-ties", "'tie_share(\"friends\", listed(\"black\")) >= 0.5'", ""),
    fly("condition-with-a-set-in-a-count", "'count(\"bills\", \"tax_unpaid\", years=2) >= 3'", ""),
    swap("rate-per-month", "rate: 0.26 per year", "rate: 0.02 per month", ""),
    swap("rate-per-day", "rate: 0.26 per year", "rate: 0.001 per day", ""),
    late("lapse-none", "on: late_utility, points: -10, lapse: none", ""),
    late("lapse-in-years", "on: late_utility, points: -10, lapse: 2 years", ""),
    late("lapse-in-weeks", "on: late_utility, points: -10, lapse: 100 weeks", ""),
    hit("dates-that-rise", "{2016-01-01: 0.1, 2018-01-01: 0.2}", ""),
    hit("dates-that-begin-before-the-clause", "{2010-01-01: 0.1, 2018-01-01: 0.2}", ""),
    hit("both-readings-dated-and-noted", "{reported: {2016-01-01: 0.1}, documented: {value: 0.2, range: [0, 1], note: so}}", ""),
    hit("canonical-series", "{reported: [[null, 0.1, chance]], documented: [[2016-01-01, 0.2, chance]], note: so}", ""),
    hit("value-at-the-edge-of-its-range", "{value: 0.6, range: [0.6, 0.9], confidence: verified}", ""),
    hit("factor-at-a-break", "0.5, factors: {hit_chance: {age: {18: 2, 60: 1}}}", ""),
    hit("review-by-ground", "0.5, review: {override_chance: {own: 0.1, mistaken: 0.5}, delay: 7 days}", ""),
    swap("source-as-a-citation", "late bill., source: SRC-CLT-RCH-STD", "late bill., source: A letter of 3 May 2018", ""),
    swap("mail-address-in-a-source", "late bill., source: SRC-CLT-RCH-STD", "late bill., source: letter by someone@example.org", ""),
    swap("two-sources", "late bill., source: SRC-CLT-RCH-STD", "late bill., source: [SRC-CLT-RCH-STD, F-CENSUS]", ""),
    swap("camera-with-a-number-of-faces", "gallery: country", "gallery: 500000", ""),
    swap("camera-with-a-link", "miss_chance: 0.1}}", "miss_chance: 0.1}, link: {wrong_chance: 0.001}}", ""),
    tiers("tiers-with-a-condition", "[{tier: A, from: 1030, when: age >= 18}, {tier: B, from: 1030}, {tier: C}]", ""),
    late("rule-with-cap-and-repeat", f"{LATE}, cap: {{points: -50, per: 12 months}}, repeat: {{factor: 2, within: 12 months}}", ""),
    late("rule-every-year", "every: 12 months, points: 5, lapse: 24 months", ""),
    late("rule-on-enrolment", "on: enrolment, points: 5, when: age >= 60", ""),
    late("rule-that-becomes", "on: late_utility, becomes: 599, lapse: none", ""),
    late("rule-on-a-set", "on: bills, points: -10", ""),
    enter("entry-on-a-record-with-an-amount", "[{on: tax_unpaid, when: amount >= 1000, term: none, chance: 0.5}]", ""),
    swap("spread-into-itself-with-a-chance", "list: grey}", "list: black, chance: 0.1, term: 12 months}", ""),
    swap("gate-limit-in-yuan", "then: {price: -5 percent}", "then: {limit: 10000 yuan}", ""),
    swap("gate-longer-wait", "then: {price: -5 percent}", "then: {wait: 5 days}", ""),
    swap("gate-price-of-nothing-left", "then: {price: -5 percent}", "then: {price: -100 percent}", ""),
    swap("undeclared-is-a-word", "reasons: true", "reasons: undeclared", ""),
    swap("repair-with-a-chance-of-success", "delay: 3 working days", "delay: 3 working days, success: 0.7", ""),
    swap("appeal-that-suspends", "success: {own: 0.1, mistaken: 0.7}", "success: {own: 0.1, mistaken: 0.7}, suspends: true, appeals: 2", ""),
    swap("repeals-a-clause", "sets:\n", "repeals: [camera-network/minor, joint-memoranda]\nsets:\n", ""),
    reform("set-a-row", SET, "defaulters.enter[2].term: 12 months", ""),
    reform("set-a-part", SET, "court-register.review.override_chance: {own: 0.1}", ""),
    reform("set-a-date", SET, "court-register.hit_chance.2018-01-01: 0.5", ""),
    reform("without-a-section", "without: [costly-schools]", "without: [remedies, costly-schools]", ""),
    scenario("scenario-with-a-set", "seed: 2018\n", "seed: 2018\nset: {court-defaulters/air.then: {limit: 20 percent}}\n", ""),
    conduct("limit-per-day", "rate: 0.24 per year, limit: 1 per month", "rate: 100 per year, limit: 1 per day", ""),
)  # fmt: skip
VALID = tuple(case._replace(new=case.new.replace("‸", "")) for case in VALID)
