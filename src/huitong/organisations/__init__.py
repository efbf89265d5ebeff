"""Jurisdictions, departments, duties, posts and people: who may act, and for whom."""
