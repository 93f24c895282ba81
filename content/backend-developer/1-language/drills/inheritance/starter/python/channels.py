"""Channels on which alerts are sent."""


class Channel:
    def __init__(self, target):
        self.target = target

    def lines(self, text):
        return [f"{self.target}: {text}"]
