"""The dependencies: their lock files, their known vulnerabilities, and a list of them (SBOM)."""
