"""What measures speed: `python -m bench NAME`; the figures stand in docs/performance.md."""
