"""The command line.

Data go to stdout, progress and messages to stderr; nothing heavy is imported before it is needed.
"""

from __future__ import annotations

import sys

import typer

from glasshouse.cli import answers, asking, documents, reporting, running
from glasshouse.cli.speech import complain
from glasshouse.errors import GlasshouseError

app = typer.Typer(
    name="glasshouse",
    help="A simulation laboratory for social-rating systems: policies as documents, run on people who do not exist.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Exit codes: 0 fine, 1 a run failed, 2 usage, 3 a document is invalid, 4 a check did not hold.",
)
for command in (documents.list_library, documents.copy, documents.validate, documents.resolve, documents.explain,
                running.estimate, running.run, running.resume, running.merge, running.verify, running.life,
                asking.compare, asking.sweep, answers.facts, asking.export,
                reporting.report, running.cite, documents.schema):  # fmt: skip
    app.command(name=command.__name__.removesuffix("_library"))(command)


@app.callback(invoke_without_command=True)
def _opening(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the version."),
) -> None:
    if version:
        from glasshouse import __version__

        print(f"glasshouse {__version__}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        print(context.get_help())
        raise typer.Exit(2)


def main() -> None:
    """The entry point: runs a command and turns what was refused or failed into a message and an exit code."""
    try:
        app(prog_name="glasshouse")
    except GlasshouseError as failure:
        sys.exit(complain(failure, as_json="--json" in sys.argv))
