"""Channels: the ways in which a decision comes from a person, over the one set of forms that all of them show.

They know runs and forms. They do not know the protocol that carries a form, nor who starts runs.
"""
