"""The system's user that this process runs as."""

import os
import sys


def user() -> str:
    """Return the name that the system has for the user, whatever the variables say; a number where it has none."""
    if sys.platform == "win32":
        # It asks the system; `getpass` would ask the variables first.
        return os.getlogin()
    import pwd

    uid = os.getuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"
