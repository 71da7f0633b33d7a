"""The bundle, judged by others' tools."""
