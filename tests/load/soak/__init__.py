"""`make soak`: a constant load for a long time, and the trends of memory, descriptors, delays and bytes."""
