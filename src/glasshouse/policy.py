"""A policy and the conduct it is written for, resolved: references checked, sets expanded, defaults written out."""

from __future__ import annotations

from glasshouse.mechanisms.clause import Frozen, InForce
from glasshouse.mechanisms.detector import Detector
from glasshouse.mechanisms.enrolment import Enrolment
from glasshouse.mechanisms.event import Event, Service
from glasshouse.mechanisms.gate import Gate
from glasshouse.mechanisms.indicator import Indicator
from glasshouse.mechanisms.listing import NamedList
from glasshouse.mechanisms.rating import Rating
from glasshouse.mechanisms.remedy import Remedy
from glasshouse.mechanisms.response import Response
from glasshouse.mechanisms.rule import Rule
from glasshouse.mechanisms.spread import Spread


class Authority(Frozen):
    """Who runs the policy."""

    name: str
    kind: str
    level: str


class Policy(Frozen):
    """A whole policy in the order of a life. Every reference inside a clause is qualified: POLICY/NAME."""

    name: str
    title: str
    text: str
    source: tuple[str, ...]
    authority: Authority
    written_for: str
    jurisdiction: str
    subjects: tuple[str, ...]
    in_force: InForce
    reads: tuple[str, ...] = ()
    repeals: tuple[str, ...] = ()
    legal_basis: str = "undeclared"
    aim: str = "undeclared"
    ai_system: bool | str = "undeclared"
    enrolment: tuple[Enrolment, ...] = ()
    detectors: tuple[Detector, ...] = ()
    ratings: tuple[Rating, ...] = ()
    rules: tuple[Rule, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    lists: tuple[NamedList, ...] = ()
    spread: tuple[Spread, ...] = ()
    gates: tuple[Gate, ...] = ()
    remedies: tuple[Remedy, ...] = ()


class Conduct(Frozen):
    """The world without a policy."""

    name: str
    title: str
    text: str
    source: tuple[str, ...]
    written_for: str
    subjects: tuple[str, ...]
    events: tuple[Event, ...] = ()
    services: tuple[Service, ...] = ()
    responses: tuple[Response, ...] = ()
