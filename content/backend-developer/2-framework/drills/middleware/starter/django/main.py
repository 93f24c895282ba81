"""A hotel. On your machine: python main.py runserver --noreload 8000"""

import project
from django.http import JsonResponse

MIDDLEWARE = ["main.close_pool"]


def close_pool(get_response):
    def middleware(request):
        if request.path == "/pool":
            return JsonResponse({"detail": "Closed."}, status=503)
        return get_response(request)

    return middleware


urlpatterns = project.ROUTES
project.configure(MIDDLEWARE)

if __name__ == "__main__":
    project.start()
