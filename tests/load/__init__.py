"""Load tests: the speed of the product beside plain references, measured in the same run."""
