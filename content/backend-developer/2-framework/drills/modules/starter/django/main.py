"""A hotel, put together from its parts. Try it: python manage.py runserver"""

import breakfast
import desk

urlpatterns = [*desk.urlpatterns, *breakfast.urlpatterns]
