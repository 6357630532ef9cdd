"""The bundled reference server: one implementation of the documented API, and every way to get it wrong.

It knows nothing of the suite that is pointed at it, and shares no code with it; the two meet over HTTP.
"""
