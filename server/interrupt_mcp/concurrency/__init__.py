"""Turns, waiting and cancelling on the event loop. It does not know what is done."""
