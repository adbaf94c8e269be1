"""The version of the whole service; the changelog tells what it holds."""

VERSION = "0.1.0"
