"""Service items: what a citizen may apply for, which materials it still asks for, and the fund's withdrawal."""
