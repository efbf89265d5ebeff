"""Opening: the open list and what the public portal reads of it."""
