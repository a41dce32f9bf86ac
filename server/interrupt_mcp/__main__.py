"""`python -m interrupt_mcp` is `interrupt-mcp`."""

import sys

from interrupt_mcp.cli import main

sys.exit(main())
