"""Who calls, and whether they are who they say: sessions and face verification."""
