"""The journal: one append-only table of facts, in the order of their commits. All views are made of it."""
