"""Forms: what a page asks and how the answer is read. What is lawful is decided elsewhere."""
