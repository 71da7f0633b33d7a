"""Tests, laid out as survey/ is; browser/, journey/ and scenarios/ stand beside."""
