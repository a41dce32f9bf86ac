"""Peers: the processes that share a database. Which of them live, and how they wake each other. It knows no run."""
