"""Clients' configuration: where each client keeps it, what goes into it, and changing it without harming the rest.

It knows nothing of agents, runs or the protocol: an entry is what starts this server, however the client goes on.
"""
