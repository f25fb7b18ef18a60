"""Tests of what measures speed: that it runs and counts right, never how fast something was."""
