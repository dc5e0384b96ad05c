"""The service: one port, four dialects.

A request goes settings → access (who is it, may they) → dialect or native router → service → engine queue → engine,
and back. Long documents go through `jobs`, which survive a restart.
"""
