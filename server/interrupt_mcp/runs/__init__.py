"""The use cases of runs: start, look, decide, cancel, and what drives them from pause to pause.

Its modules are imported one by one: some need LangGraph, which is loaded when the first run is driven.
"""
