"""The bundled agents: what a user would write, one file each, offered by `langgraph.json` beside this file."""
