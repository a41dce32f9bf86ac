"""The store: runs, threads, interrupts, decisions, effects and the record of what happened.

`port` says what the rest may ask, `records` what goes in and comes out, `opening` opens it. Below them, `sql` is what
all databases that speak SQL share, and `sqlite` what is SQLite's alone.
"""
