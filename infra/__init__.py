"""What the service runs on: the template's fragments, and the commands that package and deploy them.

Nothing here is packaged into a function, and nothing here knows what a capability does.
"""
