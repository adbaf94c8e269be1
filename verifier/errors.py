"""Why a file is not believed. It must not know how that is told."""


class Distrusted(Exception):
    """The file proves nothing: it was changed, or signed by somebody who is not trusted. `args[0]` is a fact."""


class Unreadable(Distrusted):
    """This is none of the forms that certificates have."""


class NoStatement(Exception):
    """Whether the certificate still stands cannot be said from what is at hand. `args[0]` is a fact."""
