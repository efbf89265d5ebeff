"""Files of departments as Arrow: recognised by content, laid out once, read the same way after.

Knows neither the pool nor Django, so that the agent can ship with it alone.
"""
