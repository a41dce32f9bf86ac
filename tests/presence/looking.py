"""A process of its own that looks for a desktop and says what it found: `looking.py ROOT PLATFORM PROCESSES USER`.

Once it has all that it needs, it becomes that user. It prints the variables of the desktop as JSON, or `null`.
"""

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

from interrupt_mcp.presence.desktop import desktop
from tests.presence.conftest import at

if __name__ == "__main__":
    root, platform, processes, user = sys.argv[1:]
    if int(user) != os.geteuid():
        os.setgroups([])
        os.setgid(int(user))
        os.setuid(int(user))
    found = desktop({}, replace(at(Path(root), platform), processes=Path(processes)))
    print(json.dumps(found and dict(found.environ)))
