"""Cards, their lives, and who may see what of them: pure data and rules."""
