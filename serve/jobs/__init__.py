"""Documents that take long: kept in SQLite, segment by segment, so that no stop of the process loses work."""
