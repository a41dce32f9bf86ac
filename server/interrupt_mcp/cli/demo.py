"""`demo`: the main job, shown through a real client and real server processes."""

from argparse import ArgumentParser, Namespace

from interrupt_mcp.cli.command import Command


def _run(args: Namespace) -> int:
    from interrupt_mcp.cli import story

    return story.tell(args.config, args.database)


def _arguments(_parser: ArgumentParser) -> None:
    pass


COMMAND = Command(
    "demo", "see an agent stop, be asked about, killed, edited and resumed; needs no key", _run, _arguments
)
