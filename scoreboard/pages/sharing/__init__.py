"""How boards get onto other pages: as an element, a frame, an image, a QR code."""
