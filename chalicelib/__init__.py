"""zerotrip: everything the Lambda functions run. `app.py` beside this package composes it."""

import gc

# What is imported stays, so looking through it for garbage again and again finds nothing: at the default of 700 new
# objects that took a sixth of a cold start. With this many none is looked for until the first answer is given, and a
# process never keeps more than some megabytes of garbage.
gc.set_threshold(100_000, 10, 10)
