"""The tables of visit counting, by what they hold."""

from visitors.models.counts import (
    ClientCount,
    DownloadCount,
    ExclusionCount,
    Grain,
    HourCount,
    Page,
    PageCount,
    ReferrerCount,
    SearchCount,
)
from visitors.models.days import Day, Minute, Snapshot, Source
from visitors.models.history import LogFile, OldMonth, OpeningBalance
from visitors.models.keys import Fault, Salt, Spool, VisitorDay
from visitors.models.settings import SentReport, VisitSettings

__all__ = [
    "ClientCount",
    "Day",
    "DownloadCount",
    "ExclusionCount",
    "Fault",
    "Grain",
    "HourCount",
    "LogFile",
    "Minute",
    "OldMonth",
    "OpeningBalance",
    "Page",
    "PageCount",
    "ReferrerCount",
    "Salt",
    "SearchCount",
    "SentReport",
    "Snapshot",
    "Source",
    "Spool",
    "VisitSettings",
    "VisitorDay",
]
