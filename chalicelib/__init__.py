"""zerotrip: everything the Lambda functions run. `app.py` beside this package composes it."""

import gc

# What is imported stays, so looking through it for garbage again and again finds nothing: at the default of 700 new
# objects that took a sixth of a cold start. At this one a process keeps some megabytes of garbage at most.
gc.set_threshold(50_000, 10, 10)
