"""Documents that take long: kept in SQLite, segment by segment, so that no stop of the process loses work.

A document goes jobs (`Jobs.submit`) → document (read) → store (queued) → runner (a chunk at a time, size by pace) →
open_job (through the service) → kept_segments → store, and when every segment is there document (write) → store.
"""
