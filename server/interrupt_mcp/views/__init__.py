"""Nouns as JSON, and what to do now as a sentence: the same through every door."""
