"""Holds texts, editions and states together, once every article has its first edition."""

from django.db import migrations, models

_REFUSE = """
CREATE FUNCTION articles_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'An edition keeps the text that was saved; save another one.'
        USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER articles_edition_is_kept
    BEFORE UPDATE OF id, article_id, page_id, number, title, lead, body, body_text, cover_id,
        cover_alt, cover_credit, author_name, source, updated_note, note, created_at,
        created_by_id, restored_from_id
    ON articles_edition FOR EACH ROW
    EXECUTE FUNCTION articles_refuse_rewriting();
"""
_ALLOW = """
DROP TRIGGER articles_edition_is_kept ON articles_edition;
DROP FUNCTION articles_refuse_rewriting();
"""


class Migration(migrations.Migration):
    dependencies = [("articles", "0004_first_editions")]

    operations = [
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("approved", None), ("approved_at", None), ("status", "draft")
                    ),
                    models.Q(
                        models.Q(("status", "draft"), _negated=True),
                        ("approved__isnull", False),
                        ("approved_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="article_public_text_is_approved",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("head", models.F("approved")), ("stage", "approved")),
                    models.Q(
                        models.Q(("stage", "approved"), _negated=True),
                        models.Q(
                            ("approved", None),
                            models.Q(
                                ("head__isnull", False),
                                models.Q(("head", models.F("approved")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="article_stage_is_of_head",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("stage__in", ["draft", "submitted", "returned", "approved"])
                ),
                name="article_stage_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("stage", "submitted"), _negated=True),
                    ("submitted_at__isnull", False),
                    _connector="OR",
                ),
                name="article_submitted_has_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        models.Q(("status", "withdrawn"), _negated=True),
                        ("withdrawal_kind", ""),
                        ("withdrawal_reason", ""),
                        ("withdrawn_at", None),
                    ),
                    models.Q(
                        models.Q(("withdrawal_reason", ""), _negated=True),
                        ("status", "withdrawn"),
                        ("withdrawal_kind__in", ["mistake", "merged", "outdated"]),
                        ("withdrawn_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="article_withdrawal_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("merged_into", None),
                        models.Q(("withdrawal_kind", "merged"), _negated=True),
                    ),
                    models.Q(
                        ("merged_into__isnull", False),
                        ("withdrawal_kind", "merged"),
                        models.Q(("merged_into", models.F("pk")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="article_merged_into_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("expires_at", None),
                    ("expires_at__gt", models.F("published_at")),
                    _connector="OR",
                ),
                name="article_expires_after_it_appears",
                violation_error_message="Bài phải hết hạn sau lúc đăng.",
            ),
        ),
        migrations.AddConstraint(
            model_name="article",
            constraint=models.CheckConstraint(
                condition=models.Q(("status__in", ["draft", "published", "withdrawn"])),
                name="article_status_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("approved", None), ("approved_at", None), ("status", "draft")
                    ),
                    models.Q(
                        models.Q(("status", "draft"), _negated=True),
                        ("approved__isnull", False),
                        ("approved_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="page_public_text_is_approved",
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("head", models.F("approved")), ("stage", "approved")),
                    models.Q(
                        models.Q(("stage", "approved"), _negated=True),
                        models.Q(
                            ("approved", None),
                            models.Q(
                                ("head__isnull", False),
                                models.Q(("head", models.F("approved")), _negated=True),
                            ),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="page_stage_is_of_head",
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("stage__in", ["draft", "submitted", "returned", "approved"])
                ),
                name="page_stage_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("stage", "submitted"), _negated=True),
                    ("submitted_at__isnull", False),
                    _connector="OR",
                ),
                name="page_submitted_has_moment",
            ),
        ),
        migrations.AddConstraint(
            model_name="page",
            constraint=models.CheckConstraint(
                condition=models.Q(("status", "withdrawn"), _negated=True),
                name="page_is_hidden_not_withdrawn",
            ),
        ),
        migrations.RunSQL(_REFUSE, _ALLOW),
    ]
