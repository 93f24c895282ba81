"""What holds for the house and for every wing: a name on each answer, visits, and errors."""

import logging

from django.conf import settings
from django.http import JsonResponse

from house.bodies import Refused
from house.wings import count_visit


class HouseRules:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response["X-Hotel"] = settings.HOTEL
        count_visit(request.path)
        return response

    def process_exception(self, request, error):
        if isinstance(error, Refused):
            return JsonResponse({"error": error.sentence}, status=error.status)
        logging.error("%s has failed", request.path, exc_info=error)
        return JsonResponse({"error": "Something broke, and it was us."}, status=500)
