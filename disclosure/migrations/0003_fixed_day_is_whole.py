from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("disclosure", "0002_track_content"),
        ("portal", "0012_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="duty",
            name="duty_has_one_rule_for_its_last_day",
        ),
        migrations.AddConstraint(
            model_name="duty",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("cadence__in", ["phat-sinh", "thang", "quy", "sau-thang"]),
                        ("due_day", None),
                        ("due_days__isnull", False),
                        ("due_month", None),
                        ("due_on", None),
                    ),
                    models.Q(
                        ("cadence", "nam"),
                        ("due_day", None),
                        ("due_days__isnull", False),
                        ("due_month", None),
                        ("due_on", None),
                    ),
                    models.Q(
                        ("cadence", "nam"),
                        ("due_day__isnull", False),
                        ("due_day__range", (1, 31)),
                        ("due_days", None),
                        ("due_month__isnull", False),
                        ("due_month__range", (1, 12)),
                        ("due_on", None),
                    ),
                    models.Q(
                        ("cadence", "mot-lan"),
                        ("due_day", None),
                        ("due_days", None),
                        ("due_month", None),
                        ("due_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="duty_has_one_rule_for_its_last_day",
                violation_error_message="Hãy ghi đúng một cách tính hạn: việc một lần ghi hạn của việc một lần; việc hằng năm ghi số ngày, hoặc ghi cả ngày và tháng; các việc khác ghi số ngày.",
            ),
        ),
    ]
