"""Registration on the wire: the directory and what is free, the citizen's appointments, the hospital's desk."""
