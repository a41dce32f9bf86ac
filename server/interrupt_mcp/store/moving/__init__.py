"""Moving all that is in an SQLite file into a database of a PostgreSQL server's, once and as a whole."""
