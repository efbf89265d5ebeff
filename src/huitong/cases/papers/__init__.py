"""Papers of a case: its whole file, and the documents that are told to somebody."""
