"""Taking in what hospitals charged, and comparing a day's three sides."""
