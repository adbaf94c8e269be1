"""zerotrip: everything the Lambda functions run. `app.py` beside this package composes it."""
