"""Sharing: applications, grants, the systems that use them, rectification and cut-off."""
