"""The door for ODK Collect and its relatives: OpenRosa 1.0 over HTTP."""
