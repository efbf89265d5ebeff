"""The append-only, verifiable record of every act.

`merkle`, `leaves`, `checkpoints`, `keys`, `uses`, `receipts` and `verify` are pure: they need
neither Django nor a database, so that a receipt can be checked by anyone, anywhere.
"""
