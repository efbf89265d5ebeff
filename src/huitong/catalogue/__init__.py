"""The catalogue: datasets, their data items, versions, review, publication and search."""
