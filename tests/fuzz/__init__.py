"""Fuzzing: one target per reader and parser of what others wrote; see CONTRIBUTING.md.

Targets and seeds need what the task image holds and nothing else, so that they run beside atheris as well as
under pytest.
"""
