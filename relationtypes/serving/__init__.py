"""PRESENT: the tagger behind HTTP, for programs that are not Python. Needs the extra ``serve``.

``api`` holds the routes, ``door`` what happens before and after each of them, ``asking`` and ``answering`` what goes in and
out, ``working`` who does the work, ``running`` the server.
"""
