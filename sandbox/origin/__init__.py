"""The one origin that a browser sees: the page, the API behind a proxy, and the sandbox's own calls."""
