"""Agents that run elsewhere: at a LangGraph Agent Server, which a graph of ours here stands for.

It knows that server's addresses, threads and runs. It does not know our runs, decisions, policy or store.
"""
