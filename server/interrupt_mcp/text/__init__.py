"""Text that nobody vouches for: made visible, and without what may be a secret. It does not know who shows it."""
