"""Load tests: how fast the product is beside a plain reference, measured in the same run."""
