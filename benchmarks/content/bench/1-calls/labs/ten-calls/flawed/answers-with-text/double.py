def double(number):
    return str(number * 2)
