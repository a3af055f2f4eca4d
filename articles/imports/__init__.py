"""Brings the articles of an old site here as drafts: from saved pages, RSS or Atom.

Reading (`pages`, `feeds`) knows nothing of the database; `importing` alone writes. Nothing is
ever fetched from the network, and nothing that was found is shown before somebody approves it.
"""
