"""The words all platforms share."""
