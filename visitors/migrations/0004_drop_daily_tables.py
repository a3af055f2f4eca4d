"""Drop the tables that the details by day, month and year replace."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("visitors", "0003_carry_over")]

    operations = [
        migrations.DeleteModel(name="DayExclusion"),
        migrations.DeleteModel(name="DayPage"),
    ]
