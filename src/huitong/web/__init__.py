"""The two faces: workbench for staff, portal for the public, and the HTTP API. No rules here."""
