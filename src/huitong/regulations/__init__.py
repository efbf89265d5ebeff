"""The law as data: profiles, clauses, calendars, time limits and procedures. Pure Python."""
