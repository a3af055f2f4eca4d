"""What every page shows around its content, loaded once per content version."""


def site(request):
    return {"site": {}}
