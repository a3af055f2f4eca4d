"""Forgives one typing error in a word that was folded (`portal.text.fold`).

By edit distance: Vietnamese syllables are too short for trigrams, of which "khia" and "khai"
share two in eight.
"""

from string import ascii_lowercase

__all__ = ["LONGEST", "SHORTEST", "is_one_typo", "likeliness", "neighbours"]

SHORTEST = 3  # letters; shorter words have too many neighbours
LONGEST = 24  # letters; no longer words are counted, and each letter adds fifty neighbours


def is_one_typo(typed, meant):
    """Tell whether a letter is wrong, missing or too many, or two neighbours are swapped."""
    if abs(len(typed) - len(meant)) > 1:
        return False
    while typed and meant and typed[0] == meant[0]:
        typed, meant = typed[1:], meant[1:]
    while typed and meant and typed[-1] == meant[-1]:
        typed, meant = typed[:-1], meant[:-1]
    return max(len(typed), len(meant)) <= 1 or (
        len(typed) == len(meant) == 2 and typed == meant[::-1]
    )


def neighbours(typed):
    """Return everything that `typed` may stand for by `is_one_typo`, some 50 for each letter.

    Looking all of them up in an index is faster than comparing a whole vocabulary.
    """
    if not SHORTEST <= len(typed) <= LONGEST:
        return set()
    cuts = [(typed[:at], typed[at:]) for at in range(len(typed) + 1)]
    found = {head + tail[1:] for head, tail in cuts if tail}
    found |= {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    for letter in ascii_lowercase:
        found |= {head + letter + tail for head, tail in cuts}
        found |= {head + letter + tail[1:] for head, tail in cuts if tail}
    return found - {typed}


def likeliness(typed, meant):
    """Return a key that puts the likelier of the words that `typed` may stand for first.

    Letters are swapped more often than mistaken, and the first one is seldom wrong.
    """
    return sorted(typed) != sorted(meant), typed[:1] != meant[:1]
