"""Government departments: what each knows about the synthetic people, and how it answers for it."""
