"""Use-cases of registration, one file per actor's errand: browse, hold, pay, end, sweep, the hospital's desk."""
