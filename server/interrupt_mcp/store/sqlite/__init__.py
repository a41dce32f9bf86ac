"""What only SQLite has: the file and where it may be, its one writer, its schema, and LangGraph's tables in it."""
