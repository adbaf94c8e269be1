"""What may be done about service items: applying, deciding by rule, ordering money, counting what is still paper."""
