"""A mailbox that never holds more than its quota."""


class Mailbox:
    def __init__(self, quota):
        if quota < 1:
            raise ValueError(f"A mailbox needs a quota of 1 or more, not {quota}.")
        self._quota = quota
        self._used = 0
        self._subjects = []

    @property
    def used(self):
        return self._used

    @property
    def subjects(self):
        return list(self._subjects)

    def receive(self, subject, size):
        if size < 1:
            raise ValueError(f"A mail has a size of 1 or more, not {size}.")
        if self._used + size > self._quota:
            raise ValueError(f"{size} kB do not fit: {self._used} of {self._quota} are used.")
        self._used += size
        self._subjects.append(subject)
