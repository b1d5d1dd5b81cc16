"""The order of the stages in time: intake, fold, choice, archive, reports."""
