"""The pool: deliveries in, one checked snapshot a dataset, serving copies out.

`types errors rules plans reconciling lake engines` are pure and import without Django.
"""
