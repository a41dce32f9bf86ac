"""`python -m interrupt_mcp` is `interrupt-mcp`, or its one command `worker` where no other is installed."""

import sys
from importlib.util import find_spec

if find_spec("interrupt_mcp.cli") is None:
    from interrupt_mcp.process.worker_command import module as main
else:
    from interrupt_mcp.cli import main

sys.exit(main())
