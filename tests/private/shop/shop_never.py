"""A module that nothing imports. Importing it leaves a file."""

import os
from dataclasses import dataclass
from pathlib import Path

Path(os.environ["TOUCHED"]).touch()


@dataclass
class Never:
    x: int
