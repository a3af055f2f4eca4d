"""TTHC: the catalogue, the periods and their figures, the dossiers behind them, imports."""

from procedures.models.catalogue import (
    Channel,
    Procedure,
    ProcedureChannel,
    ProcedureForm,
    ProcedureStatus,
    ProcedureStep,
    RequiredPaper,
    TimeUnit,
)
from procedures.models.dossiers import Dossier, DossierStatus, Outcome
from procedures.models.fields import Field
from procedures.models.imports import (
    ImportDraft,
    ImportKind,
    ImportLayout,
    ImportRun,
    ImportState,
    NameMatch,
)
from procedures.models.requests import DataRequest, RequestKind, RequestState
from procedures.models.results import (
    OverdueCount,
    OverdueReason,
    Period,
    PeriodEdition,
    PeriodStatus,
    ProcedureFigures,
    ResolutionTime,
    ResultSheet,
    Source,
    Stage,
)
from procedures.models.settings import ProcedureSettings

__all__ = [
    "Channel",
    "DataRequest",
    "Dossier",
    "DossierStatus",
    "Field",
    "ImportDraft",
    "ImportKind",
    "ImportLayout",
    "ImportRun",
    "ImportState",
    "NameMatch",
    "Outcome",
    "OverdueCount",
    "OverdueReason",
    "Period",
    "PeriodEdition",
    "PeriodStatus",
    "Procedure",
    "ProcedureChannel",
    "ProcedureFigures",
    "ProcedureForm",
    "ProcedureSettings",
    "ProcedureStatus",
    "ProcedureStep",
    "RequestKind",
    "RequestState",
    "RequiredPaper",
    "ResolutionTime",
    "ResultSheet",
    "Source",
    "Stage",
    "TimeUnit",
]
