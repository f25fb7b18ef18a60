"""Faults put into the product on purpose, one at a time: each has a test that fails."""
