"""Agents built with packages that others wrote, each in an environment of its own, driven through real servers."""
