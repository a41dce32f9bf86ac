"""One run, from its claim to its next pause or its end. It does not know who started it, nor who decides."""
