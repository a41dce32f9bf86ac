"""Which processes share a database, which of them live, and how they wake each other. It knows no run."""
