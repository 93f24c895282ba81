"""Refusals as problem documents (RFC 9457)."""

from http import HTTPStatus

from django.http import Http404, JsonResponse


class Problem(Exception):
    """Something that a client asked for can't be done."""

    def __init__(self, status, detail, **more):
        super().__init__(detail)
        self.status = status
        self.more = more

    def answer(self):
        title = HTTPStatus(self.status).phrase
        document = {"title": title, "status": self.status, "detail": str(self), **self.more}
        return JsonResponse(
            document, status=self.status, content_type="application/problem+json"
        )


class RefusalMiddleware:
    """Turns what a view raises into an answer."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, error):
        if isinstance(error, Http404):
            error = Problem(404, "There is nothing at this address.")
        return error.answer() if isinstance(error, Problem) else None
