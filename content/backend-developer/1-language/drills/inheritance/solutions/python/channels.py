"""Channels on which alerts are sent."""


class Channel:
    def __init__(self, target):
        self.target = target

    def lines(self, text):
        return [f"{self.target}: {text}"]


class Sms(Channel):
    def lines(self, text):
        pieces = [text[start : start + 10] for start in range(0, len(text), 10)]
        return [f"{self.target}: {piece}" for piece in pieces]


class Muted:
    def lines(self, text):
        return []


class Urgent:
    def __init__(self, channel):
        self.channel = channel

    def lines(self, text):
        return self.channel.lines(f"!!{text}")
