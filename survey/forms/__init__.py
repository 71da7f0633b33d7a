"""XLSForm checklists to XForm and JSON tree, and instance XML to answers."""
