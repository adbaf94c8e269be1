"""Use-cases of the waitlist: standing in a queue, and what happens when a slot comes back."""
