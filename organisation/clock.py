"""Times of day as people say them."""

from datetime import datetime, time

__all__ = ["clock_words", "span_words"]


def clock_words(moment: time | datetime) -> str:
    """Return a time of day in words: "7 giờ", "13 giờ 30"."""
    return (
        f"{moment.hour} giờ {moment.minute:02}" if moment.minute else f"{moment.hour} giờ"
    )


def span_words(start: time, end: time) -> str:
    """Return two times of day in words: "7 giờ 30 – 11 giờ 30"."""
    return f"{clock_words(start)} – {clock_words(end)}"
