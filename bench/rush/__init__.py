"""The row `rush`: many people against few slots, on our own session items and on what others would take for it."""
