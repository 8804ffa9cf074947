"""Boards on other sites: an element, a frame, an image, a QR code."""
