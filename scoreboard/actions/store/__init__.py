"""Tables of actions: their types, the state of their guards, and the ranks on receipts."""
