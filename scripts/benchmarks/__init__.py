"""What `scripts/benchmark.py` measures: one section a file, each returning tables and facts."""
