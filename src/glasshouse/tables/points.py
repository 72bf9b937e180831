"""Points as whole numbers: rounding, and the powers of a repeat factor."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

REPEATS = 256
MOST = (1 << 31) - 1


def half_away(number: Decimal) -> int:
    """The nearest whole number, halves away from zero."""
    return int(number.to_integral_value(ROUND_HALF_UP))


def powers(low: int, high: int, factor: Decimal) -> list[int]:
    """amount x factor^(n-1), rounded once, for each amount and n; what no score can hold is cut to 31 bits."""
    table = []
    with localcontext() as context:
        context.prec = 400
        for amount in range(low, high + 1):
            power = Decimal(amount)
            for _ in range(REPEATS):
                table.append(max(-MOST, min(MOST, half_away(power))))
                power = power * factor if abs(power) <= MOST else power
    return table
