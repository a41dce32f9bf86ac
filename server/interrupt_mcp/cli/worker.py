"""`worker`: a process that drives a project's runs for the servers beside it, and has no client."""

from interrupt_mcp.cli.command import Command
from interrupt_mcp.process import worker_command

COMMAND = Command("worker", worker_command.HELP, worker_command.run, worker_command.add_arguments)
