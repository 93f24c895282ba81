"""Django's usual way in. There is nothing to change here."""

import project

project.start()
