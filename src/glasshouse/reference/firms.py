"""Firms end, and new ones are founded in their places: before everything else in a step."""

from __future__ import annotations

from glasshouse.reference.block import Block
from glasshouse.reference.ledger import Standing


def turn_over(block: Block, step: int) -> bool:
    """Who ended in the last step goes; in a new year empty places are filled. Whether any firm was founded."""
    for subject in sorted(block.ending):
        _go(block, subject, step)
    block.ending.clear()
    founded = _is_new_year(block, step) and bool(block.people.gone)
    if founded:
        for subject in sorted(block.people.gone):
            block.people.found(subject)
            _introduce(block, subject, step)
            block.book.count(step, "founded")
    block.subjects = [place for place in block.places if place not in block.people.gone]
    return founded


def _is_new_year(block: Block, step: int) -> bool:
    day = block.calendar.first_day
    return step > 0 and day(step).year > day(step - 1).year


def _introduce(block: Block, subject: int, step: int) -> None:
    firm, attributes = block.people.residents[subject], block.people.attributes
    levels = (attributes[name].level_names[level] for name, level in firm.levels.items())
    block.book.write(
        "foundings", step, block.number, subject, firm.generation, firm.propensity, firm.look_alike, *levels
    )


def _go(block: Block, subject: int, step: int) -> None:
    """The firm's cases end; everything known of it is forgotten."""
    block.book.write("endings", step, block.number, subject)
    block.book.count(step, "ended")
    block.people.gone.add(subject)
    for standing in block.standings:
        _forget(block, standing, subject, step)
    for held in (block.held, block.held_by_clause, block.withdrawn, block.once_joined):
        held -= {pair for pair in held if pair[0] == subject}
    for remembered in (block.factors, block.refusals, block.done):
        for key in [key for key in remembered if key[0] == subject]:
            del remembered[key]
    block.sanctions.pop(subject, None)
    for due in block.due.values():
        due[:] = [record for record in due if record.subject != subject]
    for children in block.children.values():
        children[:] = [event for event in children if event.doer != subject]


def _forget(block: Block, standing: Standing, subject: int, step: int) -> None:
    for cases in list(standing.cases_of(subject).values()):
        for case in list(cases):
            block.end(standing, case, "subject ended", step)
    standing.records[subject].clear()
    for awards in standing.awards[subject].values():
        for award in awards:
            award.live = False
            award.pending = None
    for key in [key for key in standing.firings if key[0] == subject]:
        del standing.firings[key]
    for name in [key for key in standing.published if key[0] == subject]:
        del standing.published[name]
    standing.came_to_hold -= {key for key in standing.came_to_hold if key[0] == subject}
