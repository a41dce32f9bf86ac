"""The life of one process: its wire or its address, its event loop, and how it leaves. It knows no command."""
