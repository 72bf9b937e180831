"""A country of firms and residents that is on no map: small, and busy enough that everything about firms happens.

Firms end by a strike-off and by a licence refused; new ones are founded; partners spread listings; residents ask for
their employer's listing, tier and attributes, in gates, rules and remedies, and stand for firms that come onto a list.
"""

from __future__ import annotations

from random import Random

RECIPE = """
glasshouse: recipe/1
name: firm-recipe
title: A country of no place
text: Everything here is made up.
source: invented
at: 2015-01-01
residents: 420
firms: {firms}
fictional: true
propensity: {propensity}
areas:
  - {{area: ombra, residents: 420, urban: 0.5}}
  - {{area: ombra-north, in: ombra, residents: 200, urban: 0.5, legal_units: {north}}}
  - {{area: ombra-port, in: ombra-north, residents: 90, urban: 1}}
attributes:
  - {{id: age, text: Years., source: invented, breaks: [0, 18, 60], shares: [0.2, 0.6, 0.2]}}
  - {{id: urban, text: Lives in a town., source: invented, from_areas: urban}}
  - {{id: work, text: Work., source: invented, given: age, levels: {{0: {{none: 1}}, 18: {{none: 0.2, employed: 0.5, head: 0.3}}}}}}
  - {{id: size, text: Size., source: invented, subjects: firms, ordered: true, levels: {{small: 0.6, middle: 0.3, large: 0.1}}}}
  - {{id: trade, text: What it trades in., source: invented, subjects: firms, given: size, levels: {{small: {{grain: 0.7, glass: 0.3}}, middle: {{grain: 0.4, glass: 0.6}}, large: {{grain: 0.1, glass: 0.9}}}}}}
  - {{id: firm_age, text: Years since it was founded., source: invented, subjects: firms, breaks: [0, 1, 5], shares: [0.2, 0.3, 0.5]}}
  - {{id: settled, text: Has been here long., source: invented, subjects: [residents, firms], yes: 0.6}}
households:
  - {{id: one, text: One., source: invented, share: 0.5, members: 1}}
  - {{id: two, text: Two., source: invented, share: 0.5, members: 2}}
ties:
  - {{id: household, text: Home., source: invented, from: residents, to: residents, within: household}}
  - {{id: friends, text: Friends., source: invented, from: residents, to: residents, within: block, mean: 2}}
  - {{id: partners, text: Trade., source: invented, from: firms, to: firms, to_when: settled, within: block, mean: 3}}
  - {{id: employer, text: Works for., source: invented, from: residents, from_when: work == "employed", to: firms, to_when: size != "small", within: area, mean: {employers}}}
  - {{id: stands_for, text: Stands for., source: invented, from: firms, from_when: not settled, to: residents, to_when: work == "head", within: area, mean: 1}}
"""

CONDUCT = """
glasshouse: conduct/1
name: firm-conduct
title: What firms and people of no place do
text: Everything here is made up.
source: invented
written_for: firm-recipe
subjects: [residents, firms]
events:
  - {{id: late_bill, text: Late., source: invented, context: finance, nature: breach, gravity: 2, rate: 2 per year, limit: 1 per month, amounts: {{100 yuan: 0.5, 900 yuan: 0.5}}}}
  - {{id: spill, text: A spill., source: invented, subjects: firms, context: environment, nature: offence, gravity: 4, rate: 1.5 per year, factors: {{rate: {{size: {{large: 2}}, settled: {{true: 0.5}}}}}}}}
  - {{id: mishap, text: A mishap., source: invented, subjects: firms, context: work, nature: breach, gravity: 2, rate: 0.8 per year, instances: 3, limit: 4 per year}}
  - {{id: struck_off, text: Struck off., source: invented, subjects: firms, context: trade, nature: offence, gravity: 3, rate: {struck} per year, ends_subject: true}}
  - {{id: inquiry, text: An inquiry., source: invented, subjects: firms, context: justice, nature: misfortune, gravity: 1, follows: {{event: spill, chance: 0.6, after: 3 months}}}}
  - {{id: theft, text: A theft., source: invented, subjects: residents, context: justice, nature: offence, gravity: 3, rate: 0.5 per year}}
services:
  - {{id: loan, text: A loan., source: invented, context: finance, right: property, severity: 3, rate: 3 per year, attempts: 2, evade_chance: 0.3, price: 100 yuan}}
  - {{id: licence, text: A licence., source: invented, subjects: firms, context: trade, right: business, severity: 5, rate: 2 per year, evade_chance: 0.2, ends_subject: true}}
  - {{id: ticket, text: A ticket., source: invented, subjects: residents, context: travel, right: movement, severity: 2, rate: 4 per year}}
responses:
  - {{id: careful, text: Care., source: invented, kind: deterrence, when: "sanctioned(months=6) >= 1", changes: [late_bill, spill], factor: 0.6}}
  - {{id: hurried, text: Haste., source: invented, subjects: firms, kind: hardship, when: 'tie_any("partners", listed())', changes: [mishap], factor: 1.5}}
  - {{id: wary, text: Wary., source: invented, subjects: residents, kind: chilling, when: 'tie_any("employer", sanctioned(months=6) >= 1)', changes: [theft], factor: 0.5}}
"""

POLICY = """
glasshouse: policy/1
name: firm-policy
title: Rules for firms and people
text: Everything here is made up.
source: invented
authority: {{name: The office, kind: public, level: state}}
written_for: firm-conduct
jurisdiction: ombra
subjects: [residents, firms]
in_force: 2015-01-01
enrolment:
  - {{id: all-firms, text: Most firms., source: invented, subjects: firms, of: [grade, standing], mode: compulsory, share: 0.8}}
  - {{id: all-people, text: Most people., source: invented, subjects: residents, of: [grade, trust], mode: opt_out, share: 0.9, withdraw: 0.1 per year}}
detectors:
  - {{id: books, text: Books., source: invented, method: register, keeper: tax, watches: [late_bill, struck_off, inquiry], hit_chance: 0.9, mistaken_chance: 0.15, false_rate: 0.2 per year, coverage: 0.8, delay: 1 month}}
  - {{id: visits, text: Visits., source: invented, subjects: firms, method: inspection, keeper: ministry, watches: [spill, mishap], hit_chance: 0.7, mistaken_chance: 0.1, delay: 2 months, review: {{override_chance: {{own: 0.1, mistaken: 0.5}}, delay: 1 month}}, factors: {{hit_chance: {{size: {{large: 1.4}}}}}}}}
  - {{id: watch, text: Watch., source: invented, subjects: residents, method: register, keeper: police, watches: [theft], hit_chance: 0.8, mistaken_chance: 0.1}}
ratings:
  - id: grade
    text: A grade for all.
    source: invented
    method: points
    start: 100
    floor: 0
    ceiling: 120
    publish: 2 months
    tiers: [{{tier: A, from: 95}}, {{tier: B, from: 80}}, {{tier: C}}]
  - id: standing
    text: A firm's standing.
    source: invented
    subjects: firms
    method: weighted
    floor: 0
    ceiling: 1000
    publish: 1 month
    tiers: [{{tier: good, from: 700}}, {{tier: fair, from: 450, when: not listed("watched")}}, {{tier: poor}}]
  - id: trust
    text: Trust in people.
    source: invented
    subjects: residents
    method: points
    start: 50
    floor: 0
    ceiling: 100
    publish: 1 month
    tiers: [{{tier: high, from: 50}}, {{tier: low}}]
rules:
  - {{id: bill, text: Late bills., source: invented, rating: grade, on: late_bill, points: -6, lapse: 9 months, repeat: {{factor: 1.5, within: 12 months}}, cap: {{points: -40, per: 12 months}}}}
  - {{id: welcome, text: A new firm begins with five., source: invented, subjects: firms, rating: grade, on: enrolment, points: 5}}
  - {{id: spilt, text: Spills., source: invented, subjects: firms, rating: grade, on: spill, discretion: [-15, -5], when: 'tie_share("partners", listed("watched")) < 0.5'}}
  - {{id: clean, text: A clean half year., source: invented, subjects: firms, rating: grade, every: 6 months, when: 'count("spill", "mishap", months=6) == 0', points: 3}}
  - {{id: thief, text: Theft., source: invented, subjects: residents, rating: trust, on: theft, points: -20, lapse: 12 months}}
  - {{id: company, text: Who works for the poor is trusted less., source: invented, subjects: residents, rating: trust, every: 3 months, when: 'tie_any("employer", tier("standing") == "poor" or trade == "glass")', points: -2}}
indicators:
  - {{id: own-part, text: Own grade., source: invented, subjects: firms, rating: standing, weight: 0.6, cases: [{{when: tier("grade") == "A", value: 1}}, {{when: tier("grade") == "B", value: 0.6}}], otherwise: 0.1}}
  - {{id: partner-part, text: Partners., source: invented, subjects: firms, rating: standing, weight: 0.3, tie_mean: {{tie: partners, rating: standing}}, otherwise: 0.5}}
  - {{id: staff-part, text: Staff., source: invented, subjects: firms, rating: standing, weight: 0.1, cases: [{{when: 'tie_any("stands_for", listed())', value: 0}}], otherwise: 1}}
lists:
  - {{id: watched, text: Watched., source: invented, subjects: firms, notice: with, enter: [{{when: tier("standing") == "poor", term: while}}, {{on: mishap, when: 'count("mishap", months=6) >= 2', term: 6 months, chance: 0.7}}]}}
  - {{id: blacklist, text: Black., source: invented, subjects: [residents, firms], notice: after, cases: {cases}, enter: [{{on: [struck_off, inquiry], term: 8 months}}, {{on: late_bill, when: amount >= 500, term: 4 months, chance: 0.5}}]}}
  - {{id: barred, text: Barred., source: invented, subjects: firms, notice: after, enter: [{{when: 'months_listed("watched") >= 3', term: 6 months}}]}}
  - {{id: heads, text: Heads of firms., source: invented, subjects: residents, notice: after, cases: {head_cases}, enter: [{{on: theft, term: 2 months}}]}}
  - {{id: homes, text: Homes of heads., source: invented, subjects: residents, notice: after}}
spread:
  - {{id: to-partners, text: Partners are watched., source: invented, subjects: firms, from: blacklist, to: partners, list: watched, chance: 0.4}}
  - {{id: to-heads, text: Heads follow., source: invented, from: blacklist, to: stands_for, list: heads, chance: 0.8}}
  - {{id: to-heads-again, text: Heads follow for a while., source: invented, from: watched, to: stands_for, list: heads, when: settled, term: 5 months}}
  - {{id: to-homes, text: Homes follow heads., source: invented, subjects: residents, from: heads, to: household, list: homes, chance: 0.9}}
gates:
  - {{id: no-loan, text: No loan., source: invented, services: [loan], when: listed("blacklist"), then: refuse, evasion_caught: 0.5, review: {{override_chance: {{own: 0.1, mistaken: 0.4, unfounded: 0.4}}, delay: 0 days}}}}
  - {{id: no-licence, text: No licence., source: invented, subjects: firms, services: [licence], when: listed("barred"), then: refuse}}
  - {{id: dear, text: Dear loans., source: invented, subjects: firms, services: [loan], when: tier("standing") == "poor", then: {{price: 20 percent}}}}
  - {{id: poor-staff, text: Staff of watched firms., source: invented, subjects: residents, services: [ticket], when: 'tie_any("employer", listed("watched"))', then: refuse}}
  - {{id: many, text: Staff of black firms., source: invented, subjects: residents, services: [loan], when: 'tie_share("employer", listed("blacklist")) >= 0.5', then: {{price: 5 percent}}}}
  - {{id: head-ticket, text: Heads travel less., source: invented, subjects: residents, services: [ticket], when: 'listed("heads", "homes")', then: refuse}}
remedies:
  - {{id: mend, text: Repair., source: invented, of: [blacklist], kind: repair, rate: 1 per year, after: 1 month}}
  - {{id: plead, text: Appeal., source: invented, of: [blacklist, watched], subjects: firms, kind: appeal, rate: 2 per year, decision: 1 month, success: {{own: 0.2, mistaken: 0.8, unfounded: 0.8, spread: 0.5}}, suspends: true}}
  - {{id: ask, text: Heads ask., source: invented, subjects: residents, of: [heads], kind: repair, rate: 1 per year, when: 'not tie_any("employer", listed("watched"))'}}
  - {{id: grace, text: Grace., source: invented, of: [grade], kind: repair, rate: 0.5 per year}}
"""

SCENARIO = """
glasshouse: scenario/1
name: firm-scenario
title: Firms and people of no place
text: Everything here is made up.
source: invented
recipe: firm-recipe
conduct: firm-conduct
policies: [firm-policy]
period: {{from: {since}, to: {until}}}
step: {step}
reading: documented
seed: {seed}
"""


def firm_documents(seed: int) -> dict[str, str]:
    """The documents of one seed: the same world with other numbers."""
    r = Random(seed)
    step = r.choice(["month", "month", "month", "week"])
    filled = {
        "firms": r.randint(300, 420), "north": r.randint(90, 280), "propensity": r.choice(["triangular", "uniform"]),
        "employers": r.choice([1, 1, 1.5, 2]), "struck": r.choice([0.2, 0.5]), "cases": r.choice(["many", "one"]),
        "head_cases": r.choice(["many", "one"]), "since": f"2015-{r.choice(['01', '05', '10'])}-01",
        "until": "2017-06-30" if step == "month" else "2016-03-20", "step": step, "seed": seed,
    }  # fmt: skip
    texts = {"recipe": RECIPE, "conduct": CONDUCT, "policy": POLICY, "scenario": SCENARIO}
    return {f"firm-{name}.yaml": text.lstrip().format(**filled) for name, text in texts.items()}
