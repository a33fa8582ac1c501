"""A case system in memory, for tests: it keeps what it is given and fails when told to."""

from actions.case_systems.case_system import Case, CaseNote, CaseStatus, Reference, Rejected


class MemoryCaseSystem:
    """A ``CaseSystem``.

    ``failures`` are raised one a call, first to last, before anything is taken; ``afterwards``
    likewise, but once it is taken: the answer is lost, the case is not.
    """

    def __init__(self) -> None:
        self.cases: dict[str, Case] = {}
        self.notes: dict[int, CaseNote] = {}
        self.statuses: dict[str, CaseStatus] = {}
        self.calls: list[str] = []
        self.failures: list[BaseException] = []
        self.afterwards: list[BaseException] = []

    def submit(self, case: Case) -> Reference:
        self.begin(f"submit {case.number}")
        self.cases.setdefault(case.number, case)
        self.end()
        return Reference(f"M-{case.number}")

    def note(self, reference: Reference, note: CaseNote) -> None:
        self.begin(f"note {note.event}")
        self.find(reference)
        if note.event not in self.notes:
            self.notes[note.event] = note
            self.cases[note.case.number] = note.case
        self.end()

    def status(self, reference: Reference) -> CaseStatus:
        self.begin(f"status {reference.id}")
        case = self.find(reference)
        return self.statuses.get(case.number, CaseStatus(status=case.status, at=case.filed_at))

    def find(self, reference: Reference) -> Case:
        number = reference.id.removeprefix("M-")
        if number not in self.cases:
            raise Rejected(f"no case {reference.id}")
        return self.cases[number]

    def begin(self, call: str) -> None:
        self.calls.append(call)
        if self.failures:
            raise self.failures.pop(0)

    def end(self) -> None:
        if self.afterwards:
            raise self.afterwards.pop(0)
