"""Engines run a plan over one landed delivery; each is a leaf that nothing else imports."""
