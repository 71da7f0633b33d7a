"""Photo bytes to facts, views and findings; the only importer of Pillow."""
