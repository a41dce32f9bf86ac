"""The store on any database that speaks SQL: statements, transactions, and the port over them.

It knows the subset of SQL that SQLite and PostgreSQL share. What a database has of its own, a driver, a layout of
LangGraph's tables, a way to wait for its turn, lies in that database's folder beside this one.
"""
