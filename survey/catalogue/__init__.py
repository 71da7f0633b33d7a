"""The catalogue: `schema/` read into frozen objects, or a refusal that names file, key and remedy."""
