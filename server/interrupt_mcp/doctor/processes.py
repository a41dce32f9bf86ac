"""The processes: which servers of the project live now."""

from collections.abc import Iterator

from interrupt_mcp.doctor.case import Case
from interrupt_mcp.doctor.finding import Finding, Level, Section
from interrupt_mcp.errors import Unavailable
from interrupt_mcp.peers.outside import living


def findings(case: Case) -> Iterator[Finding]:
    """Tell how many there are."""
    try:
        many = len(living(case.settings.database, case.settings.project))
    except Unavailable:
        # What is wrong with the database is told where that is told of.
        return
    told = {0: "No server of this project lives now.", 1: "1 server of this project lives now."}
    goes_on = " Its runs go on when a client starts one." if not many else ""
    text = told.get(many, f"{many} servers of this project live now, and share its runs.")
    yield Finding(Section.PROCESSES, Level.OK, f"{text}{goes_on}")
