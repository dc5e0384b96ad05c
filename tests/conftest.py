"""What every test starts from."""

from __future__ import annotations

from hypothesis import settings

# The machine that runs the tests may be busy with a model: no example fails for being slow once.
settings.register_profile("vistka", deadline=None)
settings.load_profile("vistka")
