"""The journal: one append-only, commit-ordered line of facts; the truth that every view follows."""
