"""The sealed evidence package: bag, crate, tables, report, signature."""
