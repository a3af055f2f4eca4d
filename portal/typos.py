"""What counts as a typing error, for every search of the site.

Syllables are too short for trigrams: "khia" and "khai" share two in eight.
"""

__all__ = ["is_one_typo"]


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
