"""Text of a condition to its tree and back.

The text is read with Python's own parser and every part that is not in the vocabulary is refused: no arithmetic, no
dots, no calls but those of the language. Numbers are taken from the written digits, never through a float.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Callable
from decimal import Decimal
from typing import Final, NoReturn

from glasshouse.conditions.names import did_you_mean
from glasshouse.conditions.tree import (
    Amount,
    And,
    Area,
    Attribute,
    Compare,
    Condition,
    Count,
    Holds,
    IsIn,
    Listed,
    MonthsListed,
    Not,
    Or,
    Refused,
    Sanctioned,
    Score,
    Term,
    TieAny,
    Tier,
    TieShare,
    Watched,
    Window,
    Within,
)

FUNCTIONS: Final = (
    "within", "count", "score", "tier", "listed", "months_listed", "tie_any", "tie_share", "sanctioned", "refused",
    "watched",
)
NUMBERS: Final = (Count, Amount, Score, MonthsListed, TieShare, Sanctioned, Refused)
"""Terms that are numbers."""
LEVELS: Final = (Tier, Area)
"""Terms that are levels; an attribute may be either or a truth, which only the recipe knows."""
TRUTHS: Final = (Within, Listed, TieAny, Watched)
"""Terms that are true or false by themselves."""

_OPERATORS: Final[dict[type[ast.cmpop], str]] = {
    ast.Eq: "==", ast.NotEq: "!=", ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=",
}
_MIRRORED: Final = {"==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_UNITS: Final = {"days": ("days", 1), "months": ("months", 1), "years": ("months", 12)}
_WINDOWED: Final = ("count", "sanctioned", "refused")
_NAMED: Final[dict[str, Callable[[str], Term]]] = {
    "within": Within, "score": Score, "tier": Tier, "months_listed": MonthsListed, "watched": Watched,
}
_LEAVE_OUT: Final = "leave out true and false: write the attribute or `not` the attribute"


class ConditionError(Exception):
    """A text that is no condition; the message says why, without the place in the document."""


def parse(text: str) -> Condition:
    """The tree of a condition. Chains become an And of comparisons, years 12 months; raises ConditionError."""
    line = " ".join(text.split())
    if line in ("true", "false", "True", "False"):
        raise ConditionError("leave `when` out instead of writing true or false")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = ast.parse(line, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ConditionError(_no_condition(line)) from None
    return _Reader(line).condition(body)


def _no_condition(line: str) -> str:
    outside = re.sub(r'"[^"]*"|' + r"'[^']*'", '""', line)
    if re.search(r"&&|\|\||!(?!=)", outside):
        return f"`{line}` is no condition; write and, or, not"
    if re.search(r"(?<![=!<>])=(?!=)", outside):
        return f"`{line}` is no condition; write == for equals"
    return f"`{line}` is no condition"


def _refuse(node: ast.AST) -> NoReturn:
    raise ConditionError(f"`{ast.unparse(node)}` is not in the vocabulary of conditions")


def _name(text: str) -> str:
    if not text.strip() or re.search(r"[\"'\\]|[^\x20-\U0010ffff]", text):
        raise ConditionError(f"{text!r} is no name")
    return text


class _Reader:
    """Reads the parts of one text; the text is kept because numbers are taken from its digits."""

    def __init__(self, line: str) -> None:
        self.bytes = line.encode()

    def condition(self, node: ast.expr) -> Condition:
        match node:
            case ast.BoolOp(ast.And(), values):
                return And(tuple(self.condition(value) for value in values))
            case ast.BoolOp(ast.Or(), values):
                return Or(tuple(self.condition(value) for value in values))
            case ast.UnaryOp(ast.Not(), operand):
                return Not(self.condition(operand))
            case ast.Compare():
                return self._comparison(node)
            case ast.Constant(value) if not isinstance(value, bool):
                raise ConditionError(f"`{ast.unparse(node)}` asks nothing: compare a term with it")
        term = self.term(node)
        if isinstance(term, NUMBERS):
            raise ConditionError(f"`{ast.unparse(node)}` is a number: compare it with something")
        if isinstance(term, LEVELS):
            raise ConditionError(f"`{ast.unparse(node)}` is a level: compare it with something")
        return Holds(term)

    def _comparison(self, node: ast.Compare) -> Condition:
        sides = [node.left, *node.comparators]
        links = [self._link(node, *each) for each in zip(sides, node.ops, sides[1:], strict=False)]
        return links[0] if len(links) == 1 else And(tuple(links))

    def _link(self, whole: ast.Compare, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Condition:
        if isinstance(op, ast.In | ast.NotIn):
            found = IsIn(self._asked(left), self._constants(right))
            return found if isinstance(op, ast.In) else Not(found)
        if type(op) not in _OPERATORS:
            _refuse(whole)
        word = _OPERATORS[type(op)]
        first, second = self._constant(left), self._constant(right)
        if first is not None and second is not None:
            raise ConditionError(f"`{ast.unparse(whole)}` compares two constants")
        if second is not None:
            return Compare(self._asked(left), word, second)
        if first is not None:
            return Compare(self._asked(right), _MIRRORED[word], first)
        if isinstance(right, ast.Name):
            raise ConditionError(f'`{ast.unparse(whole)}` compares two terms; a level stands in quotes: "{right.id}"')
        self.term(left), self.term(right)
        raise ConditionError(f"`{ast.unparse(whole)}` compares two terms; one side is a number or a name in quotes")

    def _asked(self, node: ast.expr) -> Term:
        """The term of a comparison; a truth is not compared."""
        term = self.term(node)
        if isinstance(term, TRUTHS):
            raise ConditionError(f"`{ast.unparse(node)}` is true or false: it is not compared")
        return term

    def _constants(self, node: ast.expr) -> tuple[Decimal | str, ...]:
        if not isinstance(node, ast.List) or not node.elts:
            raise ConditionError(f'`{ast.unparse(node)}`: `in` takes names or numbers in brackets: in ["a", "b"]')
        found = tuple(self._constant(element) for element in node.elts)
        if any(each is None for each in found):
            raise ConditionError(f'`{ast.unparse(node)}`: `in` takes names or numbers in brackets: in ["a", "b"]')
        return tuple(each for each in found if each is not None)

    def _constant(self, node: ast.expr) -> Decimal | str | None:
        """A name in quotes or a number; None for anything else. True and false are no constants."""
        match node:
            case ast.Name("true" | "false") | ast.Constant(True | False):
                raise ConditionError(_LEAVE_OUT)
            case ast.Constant(str() as name):
                return _name(name)
            case ast.Constant(int() | float()):
                return self._number(node)
            case ast.UnaryOp(ast.USub(), ast.Constant(int() | float()) as number):
                return -self._number(number)
        return None

    def _number(self, node: ast.Constant) -> Decimal:
        digits = self.bytes[node.col_offset : node.end_col_offset].decode()
        if not re.fullmatch(r"\d+(\.\d+)?", digits):
            raise ConditionError(f"`{digits}`: write a whole or decimal number")
        return Decimal(digits)

    def term(self, node: ast.expr) -> Term:
        match node:
            case ast.Name("true" | "false") | ast.Constant(True | False):
                raise ConditionError(_LEAVE_OUT)
            case ast.Name("area"):
                return Area()
            case ast.Name("amount"):
                return Amount()
            case ast.Name(name) if name in FUNCTIONS:
                raise ConditionError(f"{name}: say of what, in brackets: {_EXAMPLES[name]}")
            case ast.Name(name):
                return Attribute(name)
            case ast.Call(ast.Name(function)):
                return self._call(function, node)
            case ast.Attribute():
                raise ConditionError(f"`{ast.unparse(node)}`: no dots in a condition")
            case ast.BinOp(_, ast.BitAnd() | ast.BitOr()) | ast.UnaryOp(ast.Invert()):
                raise ConditionError(f"`{ast.unparse(node)}` is no condition; write and, or, not")
            case ast.BinOp() | ast.UnaryOp(ast.USub() | ast.UAdd()):
                raise ConditionError(f"`{ast.unparse(node)}`: no arithmetic in a condition")
            case ast.BoolOp() | ast.Compare() | ast.UnaryOp(ast.Not()):
                raise ConditionError(f"`{ast.unparse(node)}` is true or false: it is not compared")
        _refuse(node)

    def _call(self, function: str, node: ast.Call) -> Term:
        if function not in FUNCTIONS:
            raise ConditionError(f"unknown function `{function}`{did_you_mean(function, FUNCTIONS)}")
        if function in ("tie_any", "tie_share"):
            return self._tie(function, node)
        names = self._names(function, node)
        if function in _WINDOWED:
            return self._windowed(function, names, self._window(function, node))
        if node.keywords:
            raise ConditionError(f"{function} has no window")
        if function == "listed":
            return Listed(names)
        if len(names) != 1:
            raise ConditionError(f"{function} takes one name: {_EXAMPLES[function]}")
        return _NAMED[function](names[0])

    def _windowed(self, function: str, names: tuple[str, ...], window: Window) -> Term:
        if function == "sanctioned":
            if names:
                raise ConditionError("sanctioned takes a window only: sanctioned(months=12)")
            return Sanctioned(window)
        if not names:
            raise ConditionError(f"{function} takes one name or more: {_EXAMPLES[function]}")
        return Count(names, window) if function == "count" else Refused(names, window)

    def _tie(self, function: str, node: ast.Call) -> Term:
        match node.args:
            case [ast.Constant(str() as name), condition] if not node.keywords:
                tie, inner = _name(name), self.condition(condition)
                return TieAny(tie, inner) if function == "tie_any" else TieShare(tie, inner)
        raise ConditionError(f'{function} takes a tie and a condition: {function}("household", listed("x"))')

    def _names(self, function: str, node: ast.Call) -> tuple[str, ...]:
        names = tuple(
            _name(each.value) for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)
        )
        if len(names) != len(node.args):
            raise ConditionError(f"{function}: names stand in quotes, separated by commas")
        return names

    def _window(self, function: str, node: ast.Call) -> Window:
        match node.keywords:
            case [ast.keyword("days" | "months" | "years" as unit, ast.Constant(int() as number))]:
                if number > 0 and not isinstance(number, bool):
                    word, times = _UNITS[unit]
                    return Window(Decimal(number * times), word)
        raise ConditionError(f"{function} needs one window: months=24, days=30 or years=5")


_EXAMPLES: Final = {
    "within": 'within("zhejiang")', "count": 'count("k", months=24)', "score": 'score("r")', "tier": 'tier("r")',
    "listed": 'listed("l")', "months_listed": 'months_listed("l")', "tie_any": 'tie_any("household", listed("x"))',
    "tie_share": 'tie_share("partners", listed("x"))', "sanctioned": "sanctioned(months=12)",
    "refused": 'refused("s", months=6)', "watched": 'watched("k")',
}

# --- back to text --------------------------------------------------------------------------------------------------


def to_text(condition: Condition) -> str:
    """The canonical text: reading it gives the same tree."""
    match condition:
        case And(parts):
            return " and ".join(_bracketed(part, And, Or) for part in parts)
        case Or(parts):
            return " or ".join(_bracketed(part, Or) for part in parts)
        case Not(part):
            return f"not {_bracketed(part, And, Or)}"
        case Compare(term, op, constant):
            return f"{term_text(term)} {op} {constant_text(constant)}"
        case IsIn(term, constants):
            return f"{term_text(term)} in [{', '.join(map(constant_text, constants))}]"
        case Holds(term):
            return term_text(term)


def _bracketed(part: Condition, *joined: type) -> str:
    text = to_text(part)
    return f"({text})" if isinstance(part, joined) else text


def constant_text(constant: Decimal | str) -> str:
    """A number in plain digits without idle noughts, or a name in quotes."""
    if isinstance(constant, str):
        return f'"{constant}"'
    digits = format(constant, "f")
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    return "0" if digits == "-0" else digits


def term_text(term: Term) -> str:
    """A term as it is written."""
    match term:
        case Attribute(name):
            return name
        case Area():
            return "area"
        case Amount():
            return "amount"
        case Within(name) | Score(name) | Tier(name) | MonthsListed(name) | Watched(name):
            return _written(term, (name,), None)
        case Listed(names):
            return _written(term, names, None)
        case Count(names, window) | Refused(names, window):
            return _written(term, names, window)
        case Sanctioned(window):
            return _written(term, (), window)
        case TieAny(tie, condition):
            return f'tie_any("{tie}", {to_text(condition)})'
        case TieShare(tie, condition):
            return f'tie_share("{tie}", {to_text(condition)})'


def function_of(term: Term) -> str:
    """The word a term is asked with: count, tier, listed.."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(term).__name__).lower()


def _written(term: Term, names: tuple[str, ...], window: Window | None) -> str:
    said = [f'"{name}"' for name in names]
    if window is not None:
        said.append(f"{window.unit}={constant_text(window.number)}")
    return f"{function_of(term)}({', '.join(said)})"
