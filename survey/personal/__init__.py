"""Personal data: what the commune states, what people ask, reports, erasures, retention by itself."""
