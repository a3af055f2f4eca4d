"""Which address a request came from."""


def address(environ):
    return environ.get("REMOTE_ADDR", "")


def address_of_request(request):
    return address(request.META)
