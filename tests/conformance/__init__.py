"""Programs that others wrote, run against real server processes: a suite, an inspector, a client library."""
