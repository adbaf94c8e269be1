"""The licensed authorities that a real deployment has contracts with: who certifies signers, and who stamps times."""
