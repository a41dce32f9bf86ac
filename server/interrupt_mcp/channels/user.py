"""The system's user that this process runs as."""

import os


def user() -> str:
    """Return the name that the system has for the user, whatever the variables say; a number where it has none."""
    if not hasattr(os, "getuid"):
        import getpass

        return getpass.getuser()
    import pwd

    uid = os.getuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"
