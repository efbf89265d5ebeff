"""The engine that runs any statutory procedure: steps, clocks, decisions, events."""
