"""Workers: processes that load agents and drive runs, as the server that starts them sees them."""
