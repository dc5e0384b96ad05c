"""Ukrainian in, English drafts out."""
