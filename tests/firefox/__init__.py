"""Firefox shows the pages too: board, play, embedding, offline. All other tests of pages use Chromium."""
