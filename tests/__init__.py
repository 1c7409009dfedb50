"""The tests. `unit` needs nothing; all others start their own servers (tests/services.py)."""
