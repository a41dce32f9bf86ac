"""The doctor: what is set up, what is not, and what to do, found out without changing anything.

Each section is a file, with a function that returns its findings. What the sections share, `case` has read once.
"""

from interrupt_mcp.doctor.case import Asked
from interrupt_mcp.doctor.examination import examine
from interrupt_mcp.doctor.finding import Finding, Level, Section

__all__ = ["Asked", "Finding", "Level", "Section", "examine"]
