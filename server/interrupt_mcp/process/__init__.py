"""What a server process is: its standard streams or its address, its event loop, its log, and how it ends.

It knows no command.
"""
