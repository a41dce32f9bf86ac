"""What runs at GitHub, checked without it: by GitHub's schema of workflows, and for what makes them unsafe.

python -m release.workflows
"""

import sys
from pathlib import Path

from release.environment import Environment
from release.refused import Refused
from release.running import output


def check(root: Path) -> str:
    """Return what was checked.

    Raises:
        Refused: a workflow is not as it should be.
    """
    files = sorted((root / ".github" / "workflows").glob("*.yml"))
    tools = Environment.current()
    schema = ["--builtin-schema", "vendor.github-workflows"]
    output([tools.program("check-jsonschema"), *schema, *files])
    output([tools.program("zizmor"), "--offline", "--no-progress", "--persona", "pedantic", *files], cwd=root)
    return f"{len(files)}, valid, and zizmor finds nothing"


if __name__ == "__main__":
    try:
        print(check(Path(__file__).resolve().parents[1]))
    except Refused as refused:
        sys.exit(str(refused))
