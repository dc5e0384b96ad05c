"""How good drafts and blurbs are, measured: sets → scores → comparison → report."""
