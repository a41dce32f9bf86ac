"""Presence: how a person at this machine is reached, through a browser of theirs. It knows no runs and no pages."""
