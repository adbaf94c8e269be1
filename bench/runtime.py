"""A function's process as Lambda starts it: `runtime.py FOLDER MODULE.HANDLER EVENT LIBRARIES...`.

Puts the code folder before the libraries, imports the handler, answers one event and ends. Imports as little as it can.
"""

import json
import os
import sys
from importlib import import_module


class Context:
    """What Lambda tells a handler about its process."""

    aws_request_id = "8a1c"
    function_name = "zerotrip-api"
    invoked_function_arn = "arn:aws:lambda:us-east-1:123456789012:function:zerotrip-api"
    memory_limit_in_mb = 1769


folder, handler, event, *libraries = sys.argv[1:]
sys.path[:] = [folder, *(each for each in sys.path[1:] if each), *libraries]
module, _, name = handler.partition(".")
answer = getattr(import_module(module), name)(json.loads(event), Context())
sys.stdout.flush()
# Ends here and now: what the interpreter would tidy up is no part of a first answer.
os._exit(0 if answer["statusCode"] == 200 else 1)
