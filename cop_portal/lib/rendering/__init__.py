"""Markdown to safe HTML. All of it runs in processes of its own (worker.py), which pool.py starts and ends.

Nothing here imports Django: a process that reads hostile text has no settings and no database.
"""
