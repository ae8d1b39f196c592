"""Crashes on purpose: kills, failing system calls and damaged files, and what they led to."""
