"""Settings, policy, and the policy in force, as words that are written. It does not know what they do."""

from interrupt_mcp.config.project_files import SETTINGS_FILE
from interrupt_mcp.config.settings import Settings, places, policy_again, read_settings

__all__ = ["SETTINGS_FILE", "Settings", "places", "policy_again", "read_settings"]
