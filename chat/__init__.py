"""The words all platforms share: frozen data without input or output."""
