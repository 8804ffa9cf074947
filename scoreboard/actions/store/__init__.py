"""Tables of actions: their types, what guards them, and the ranks on receipts."""
