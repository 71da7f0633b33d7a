"""The field survey collector of Vietnam's New Rural Development programme: capture, review, assess, deliver."""
