"""Evidence as typed kinds: what a check did to a learner's code, and what came back.

A kind is a frozen dataclass in a module here or in a component's folder; `registry` finds them all,
`stored` reads them back. How a kind looks on a page is its template's business (ADR 33).
"""
