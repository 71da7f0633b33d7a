"""The sealed package: a BagIt bag in a zip, its tables and its report, and the check that needs no database."""
