"""The web pages, over real sockets and in a real browser."""
