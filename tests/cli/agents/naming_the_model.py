"""An agent that cannot be loaded, and says for which model it was to be."""

import os

raise ValueError(os.environ["INTERRUPT_MCP_MODEL"])
