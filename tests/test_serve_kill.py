"""Kills a server process in the middle of a job. `benchmarks/job_kill.py` does it with 500 segments and ten kills."""

from __future__ import annotations

from pathlib import Path

from vistka.benchmarks.job_kill import kill_again_and_again


def test_a_job_lives_through_kills_and_nothing_that_was_kept_is_done_again(tmp_path: Path) -> None:
    kills = kill_again_and_again(tmp_path, segments=60, kills=2, seconds_each=0.02, seed=7)
    assert kills.is_whole
    assert kills.translated_again_after_kept == 0
    assert kills.translated_again_in_flight < 60
    assert kills.kept_at_kills == sorted(kills.kept_at_kills)
