"""How near to its floor each measured thing is. `python -m bench` runs every row and writes `results.json`."""
