"""Corrections that people made: normal → corrections → store (a journal) → similar → recall; and TMX in and out."""
