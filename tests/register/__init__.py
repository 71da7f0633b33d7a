"""The register verbs."""
