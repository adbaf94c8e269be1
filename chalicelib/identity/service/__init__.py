"""What citizens do to prove who they are: sessions, face verifications, wallets."""
