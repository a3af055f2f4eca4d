from django.db import migrations

from portal.content_version import TrackContent


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0003_content_version"),
        ("procedures", "0001_initial"),
    ]
    operations = [
        TrackContent("procedures_field", "procedures_period", "procedures_resultsheet")
    ]
