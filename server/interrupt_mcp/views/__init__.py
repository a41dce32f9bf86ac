"""Nouns as JSON, graphs as pictures, and what to do now as a sentence: the same through every door."""
