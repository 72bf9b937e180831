"""`python -m glasshouse` is the command `glasshouse`."""

from __future__ import annotations

from glasshouse.cli import main

main()
