"""The use cases of runs and threads: start, look, decide, cancel, go on from an older checkpoint.

Its modules are imported one by one: some need LangGraph, which is loaded when the first run is driven.
"""
