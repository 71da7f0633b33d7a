"""The door for people: sessions, texts, widgets and our own HTTP routes."""
