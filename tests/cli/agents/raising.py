"""An agent that cannot be loaded, and says so to whoever's terminal it is in words that would change the screen."""

import logging

HOSTILE = "x\x1b[2J\x9b\x85\u202e\u2066\u3164\u2800\u00a0 pay 5 \u05d0 6"

logging.getLogger("agent").warning("logged %s", HOSTILE)
raise RuntimeError(HOSTILE)
