"""Scans from the files that scanners write."""
