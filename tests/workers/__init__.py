"""Agents in processes of their own: the distribution for their environments, and what is driven there."""
