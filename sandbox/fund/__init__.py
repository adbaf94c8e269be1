"""The city's housing provident fund: what is in whose account, and its payment desk with books of its own."""
