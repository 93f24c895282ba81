"""What a request must hold."""

from django import forms

from desk.hotel import ROOMS


class RoomFilter(forms.Form):
    floor = forms.IntegerField(required=False)
    beds = forms.IntegerField(required=False)


class CheckIn(forms.Form):
    name = forms.CharField()
    passport = forms.CharField()
    room = forms.IntegerField()

    def clean_room(self):
        number = self.cleaned_data["room"]
        if number not in ROOMS:
            raise forms.ValidationError(f"There is no room {number}.")
        return number


class KeyOrder(forms.Form):
    cards = forms.IntegerField(min_value=1, max_value=4)


class Find(forms.Form):
    what = forms.CharField()
    photo = forms.FileField()
