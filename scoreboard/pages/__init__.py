"""The web pages: boards, players, accounts, the demo game, pages for developers, and embedding."""
