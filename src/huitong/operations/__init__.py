"""Start, watch, prove and measure a Huitong: database, roles, processes, demonstration, CLI."""
