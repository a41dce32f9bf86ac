"""`python -m tests.postgres` sees to it that PostgreSQL and PgBouncer are there, or says loudly why they are not."""

import sys

from tests.packages import PGBOUNCER, POSTGRES, Missing

_LOUD = """
{line}
NOT TESTED ON POSTGRESQL.
{why}
{line}
"""


def main() -> int:
    try:
        found = [str(package.install()) for package in (POSTGRES, PGBOUNCER)]
    except Missing as why:
        print(_LOUD.format(line="!" * 100, why=why), file=sys.stderr)
        return 1
    print(f"PostgreSQL is in {found[0]}, PgBouncer in {found[1]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
