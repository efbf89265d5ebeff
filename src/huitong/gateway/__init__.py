"""The data service that systems call: who asks, what was granted, fetch, mask, note, answer.

Nothing here imports Django. Its database roles may execute the shape functions, read the grants,
and append uses; none may read a data table. Design and figures: `docs/adr/0006-gateway.md`.
"""
