"""The WSGI wrapper that counts marked pages."""


class Counter:
    def __init__(self, application):
        self.application = application

    def __call__(self, environ, start_response):
        return self.application(environ, start_response)
