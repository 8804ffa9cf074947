"""Tables of accounts: names, server keys, players' accounts and their sessions."""
