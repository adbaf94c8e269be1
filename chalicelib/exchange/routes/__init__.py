"""What citizens see of the exchange, and may stop."""
