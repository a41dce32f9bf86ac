"""Agents of ours, each built with a package that others wrote."""
