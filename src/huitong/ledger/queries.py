"""What the ledger tells: entries, receipts, proofs, and whether all of it still holds."""
