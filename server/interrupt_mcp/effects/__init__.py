"""The gate around tool calls: what was decided is what runs, once, and it is on record before and after.

It knows tool calls, rulings and effect records. It does not know runs, or SQL. Its modules are imported one by one:
`sensitive` and `idempotency_key` are for agents, and naming them must not load LangGraph.
"""
