"""What a browser sees: the landing page, the try-out chat, and how the process fares."""

from web.app import Parts, make_app

__all__ = ["Parts", "make_app"]
