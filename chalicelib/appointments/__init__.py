"""Registration with hospitals: the directory, clinic sessions and their slots, holds, appointments.

A slot is sold once because a hold is one conditional write on its session's own item; everything else (availability,
the citizen's appointment record) is a projection of that item. See `docs/adr/0005-appointments.md`.
"""
