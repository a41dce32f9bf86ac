"""What agents under test do to the outside: lines of a file, which the tests read."""

import json
import os
from typing import Any


def effect(action: str, given: Any) -> None:
    """Something happened that cannot be taken back."""
    with open(os.environ["ASKING_EFFECTS"], "a", encoding="utf-8") as file:
        file.write(json.dumps([action, given]) + "\n")
