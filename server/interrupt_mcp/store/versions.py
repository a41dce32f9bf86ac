"""The version of what is kept, the same on each database, so that processes can tell whether they understand it."""

SCHEMA_VERSION = 8
