"""Short blurbs whose every fact traces to the source."""
