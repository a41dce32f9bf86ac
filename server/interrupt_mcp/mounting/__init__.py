"""Mounting: a project's agents as a part of somebody else's web application. It takes nothing of the process over."""

from interrupt_mcp.mounting.mounted import Mounted

__all__ = ["Mounted"]
