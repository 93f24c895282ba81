"""A mailbox that never holds more than its quota."""


class Mailbox:
    def __init__(self, quota):
        self._quota = quota
        self._used = 0
        self._subjects = []

    @property
    def used(self):
        return self._used

    @property
    def subjects(self):
        return self._subjects

    def receive(self, subject, size):
        self._used += size
        self._subjects.append(subject)
