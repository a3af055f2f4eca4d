import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('portal', '0011_legal_basis'),
        # The table of legal documents.
        ('procedures', '0013_legal_basis_moves'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Duty',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200, verbose_name='việc phải công khai')),
                ('slug', models.SlugField(max_length=80, unique=True, verbose_name='tên trong địa chỉ')),
                ('content', models.TextField(blank=True, help_text='Nói ngắn gọn người dân sẽ đọc được những gì.', max_length=2000, verbose_name='cụ thể là gì')),
                ('provision', models.CharField(blank=True, help_text='Ví dụ: khoản 1 Điều 11.', max_length=160, verbose_name='điều khoản')),
                ('forms', models.CharField(blank=True, help_text='Ví dụ: trang thông tin điện tử; niêm yết tại trụ sở; loa truyền thanh.', max_length=300, verbose_name='hình thức công khai')),
                ('section_kind', models.CharField(blank=True, editable=False, max_length=20)),
                ('section_key', models.CharField(blank=True, editable=False, max_length=100)),
                ('owner', models.CharField(blank=True, help_text='Ghi chức danh, ví dụ: Công chức Tài chính – Kế toán.', max_length=160, verbose_name='người phụ trách')),
                ('cadence', models.CharField(choices=[('phat-sinh', 'Khi phát sinh'), ('thang', 'Hằng tháng'), ('quy', 'Hằng quý'), ('sau-thang', '6 tháng một lần'), ('nam', 'Hằng năm'), ('mot-lan', 'Một lần')], default='phat-sinh', max_length=10, verbose_name='bao lâu một lần')),
                ('due_days', models.PositiveSmallIntegerField(blank=True, help_text='Số ngày kể từ khi kỳ kết thúc; với việc phát sinh thì kể từ ngày phát sinh.', null=True, validators=[django.core.validators.MaxValueValidator(366)], verbose_name='trong vòng (ngày)')),
                ('due_day', models.PositiveSmallIntegerField(blank=True, help_text='Chỉ dùng cho việc hằng năm có hạn là một ngày cố định.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(31)], verbose_name='hạn vào ngày')),
                ('due_month', models.PositiveSmallIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)], verbose_name='hạn vào tháng')),
                ('due_on', models.DateField(blank=True, help_text='Chỉ dùng cho việc làm một lần.', null=True, verbose_name='hạn của việc một lần')),
                ('since', models.DateField(blank=True, help_text='Kỳ kết thúc trước ngày này thì không tính. Để trống thì tính từ ngày rà soát.', null=True, verbose_name='tính từ ngày')),
                ('soon_days', models.PositiveSmallIntegerField(default=14, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(90)], verbose_name='coi là sắp đến hạn khi còn (ngày)')),
                ('keep_days', models.PositiveIntegerField(blank=True, help_text='Để trống nếu giữ lâu dài. Gỡ trước thời gian này thì lịch báo phải công khai lại.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(36500)], verbose_name='phải giữ trên cổng (ngày)')),
                ('order', models.PositiveSmallIntegerField(default=0, help_text='Số nhỏ đứng trước.', verbose_name='thứ tự')),
                ('is_shown', models.BooleanField(default=True, help_text='Bỏ đánh dấu thì người dân không thấy và cổng thôi nhắc.', verbose_name='đang áp dụng')),
                ('reviewed_at', models.DateTimeField(editable=False, null=True, verbose_name='rà soát lúc')),
                ('bases', models.ManyToManyField(blank=True, related_name='duties', to='portal.legalbasis', verbose_name='căn cứ pháp lý')),
                ('owner_account', models.ForeignKey(blank=True, help_text='Để trống thì mọi Biên tập viên đều nhận thư nhắc.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='tài khoản nhận thư nhắc')),
                ('reviewed_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người rà soát')),
            ],
            options={
                'verbose_name': 'việc phải công khai',
                'verbose_name_plural': 'lịch công khai theo luật',
                'ordering': ['order', 'title', 'pk'],
                'permissions': [('review_duty', 'Xác nhận đã rà soát việc phải công khai')],
            },
        ),
        migrations.CreateModel(
            name='Occurrence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('period', models.CharField(blank=True, editable=False, max_length=12, verbose_name='kỳ')),
                ('title', models.CharField(blank=True, max_length=200, verbose_name='nội dung phát sinh')),
                ('due_on', models.DateField(verbose_name='hạn công khai')),
                ('outcome', models.CharField(choices=[('cho', 'Chưa ghi nhận'), ('cong-khai', 'Đã công khai'), ('khong-phat-sinh', 'Không phát sinh')], default='cho', editable=False, max_length=16, verbose_name='kết quả')),
                ('published_on', models.DateField(blank=True, null=True, verbose_name='công khai ngày')),
                ('page_kind', models.CharField(blank=True, editable=False, max_length=20)),
                ('page_key', models.CharField(blank=True, editable=False, max_length=100)),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='ghi chú')),
                ('recorded_at', models.DateTimeField(editable=False, null=True, verbose_name='ghi nhận lúc')),
                ('reminder', models.PositiveSmallIntegerField(default=0, editable=False)),
                ('attachment', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='portal.attachment', verbose_name='tài liệu')),
                ('duty', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='occurrences', to='disclosure.duty', verbose_name='việc phải công khai')),
                ('recorded_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='người ghi nhận')),
            ],
            options={
                'verbose_name': 'lần công khai',
                'verbose_name_plural': 'các lần công khai',
                'ordering': ['-due_on', '-pk'],
            },
        ),
        migrations.AddConstraint(
            model_name='duty',
            constraint=models.CheckConstraint(condition=models.Q(('cadence__in', ['phat-sinh', 'thang', 'quy', 'sau-thang', 'nam', 'mot-lan'])), name='duty_cadence_known'),
        ),
        migrations.AddConstraint(
            model_name='duty',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cadence__in', ['phat-sinh', 'thang', 'quy', 'sau-thang']), ('due_day', None), ('due_days__isnull', False), ('due_month', None), ('due_on', None)), models.Q(('cadence', 'nam'), ('due_day', None), ('due_days__isnull', False), ('due_month', None), ('due_on', None)), models.Q(('cadence', 'nam'), ('due_day__range', (1, 31)), ('due_days', None), ('due_month__range', (1, 12)), ('due_on', None)), models.Q(('cadence', 'mot-lan'), ('due_day', None), ('due_days', None), ('due_month', None), ('due_on__isnull', False)), _connector='OR'), name='duty_has_one_rule_for_its_last_day', violation_error_message='Hãy ghi đúng một cách tính hạn: việc một lần ghi hạn của việc một lần; việc hằng năm ghi số ngày, hoặc ghi cả ngày và tháng; các việc khác ghi số ngày.'),
        ),
        migrations.AddConstraint(
            model_name='duty',
            constraint=models.CheckConstraint(condition=models.Q(('due_days', None), ('due_days__lte', 366), _connector='OR'), name='duty_waits_a_year_at_most'),
        ),
        migrations.AddConstraint(
            model_name='duty',
            constraint=models.CheckConstraint(condition=models.Q(('soon_days__range', (1, 90))), name='duty_soon_days_in_range'),
        ),
        migrations.AddConstraint(
            model_name='duty',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('section_key', ''), ('section_kind', '')), models.Q(models.Q(('section_kind', ''), _negated=True), models.Q(('section_key', ''), _negated=True)), _connector='OR'), name='duty_section_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='duty',
            constraint=models.CheckConstraint(condition=models.Q(('reviewed_at', None), ('since__isnull', False), _connector='OR'), name='duty_reviewed_has_first_day'),
        ),
        migrations.AddIndex(
            model_name='occurrence',
            index=models.Index(models.F('duty'), models.OrderBy(models.F('due_on'), descending=True), name='occurrence_by_duty'),
        ),
        migrations.AddConstraint(
            model_name='occurrence',
            constraint=models.UniqueConstraint(condition=models.Q(('period', ''), _negated=True), fields=('duty', 'period'), name='occurrence_once_a_period'),
        ),
        migrations.AddConstraint(
            model_name='occurrence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('period', ''), models.Q(('title', ''), _negated=True)), models.Q(models.Q(('period', ''), _negated=True), ('title', '')), _connector='OR'), name='occurrence_has_period_or_title', violation_error_message='Hãy ghi nội dung phát sinh.'),
        ),
        migrations.AddConstraint(
            model_name='occurrence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('page_key', ''), ('page_kind', '')), models.Q(models.Q(('page_kind', ''), _negated=True), models.Q(('page_key', ''), _negated=True)), _connector='OR'), name='occurrence_page_is_whole'),
        ),
        migrations.AddConstraint(
            model_name='occurrence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('attachment', None), ('outcome', 'cho'), ('page_kind', ''), ('published_on', None), ('recorded_at', None)), models.Q(('outcome', 'cong-khai'), ('published_on__isnull', False), ('recorded_at__isnull', False), models.Q(models.Q(models.Q(('page_kind', ''), _negated=True), ('attachment', None)), models.Q(('page_kind', ''), models.Q(('attachment', None), _negated=True)), _connector='OR')), models.Q(('attachment', None), ('outcome', 'khong-phat-sinh'), ('page_kind', ''), ('published_on', None), ('recorded_at__isnull', False), models.Q(('note', ''), _negated=True)), _connector='OR'), name='occurrence_outcome_is_whole', violation_error_message='Đã công khai thì phải có ngày và đúng một nơi đọc; không phát sinh thì phải có ghi chú.'),
        ),
    ]
