"""Workers: processes that drive a project's runs and have no client, and what is said between one and its front.

A front is the server that started it: it keeps clients, forms and pages, imports no agent and drives nothing.
"""
