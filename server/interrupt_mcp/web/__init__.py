"""Pages for people, plain HTML from the server: what waits, one interrupt, runs, threads, what was decided.

It knows use cases, forms and HTTP. It does not know who serves it, nor the tools.
"""
