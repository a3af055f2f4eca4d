"""The organisation chart as open data: the bodies, and the officers as they are published."""

from organisation.models import Body, BodyKind, Officer
from portal.exports import Column
from portal.open_data import Dataset, Filter, Key

__all__ = ["BODIES", "OFFICERS"]


def _body(body):
    return {
        "slug": body.slug,
        "name": body.name,
        "kind": body.kind_name,
        "parent": body.parent.slug if body.parent else None,
        "duties": "\n".join(body.duty_list) or None,
        "address": body.address or None,
        "phone": body.phone or None,
        "email": body.email or None,
        "path": body.get_absolute_url(),
    }


def _officer(officer):
    return {
        "name": officer.name,
        "position": officer.position,
        "body": officer.body.name,
        "body_slug": officer.body.slug,
        "phone": officer.phone or None,
        "email": officer.email or None,
        "path": officer.get_absolute_url(),
    }


BODIES = Dataset(
    name="co-cau-to-chuc",
    title="Cơ cấu tổ chức",
    description="Các cơ quan, bộ phận của xã: làm việc gì, ở đâu, liên hệ thế nào.",
    columns=(
        Column("slug", "Tên trong địa chỉ"),
        Column("name", "Tên cơ quan, bộ phận"),
        Column("kind", "Khối"),
        Column("parent", "Trực thuộc (tên trong địa chỉ)"),
        Column("duties", "Chức năng, nhiệm vụ, mỗi việc một dòng"),
        Column("address", "Nơi làm việc"),
        Column("phone", "Điện thoại"),
        Column("email", "Thư điện tử"),
        Column("path", "Địa chỉ của trang trên cổng này"),
    ),
    items=lambda: Body.objects.public().select_related("parent"),
    row=_body,
    key=Key(column="slug", lookup="slug", pattern=r"[a-z0-9-]{1,80}"),
    filters=(
        Filter(
            "khoi", "khối, như trong danh mục", "kind", "choice", tuple(BodyKind.values)
        ),
    ),
)

OFFICERS = Dataset(
    name="can-bo",
    title="Cán bộ",
    description="Ai giữ chức vụ gì ở cơ quan nào, với số điện thoại và hộp thư công vụ.",
    columns=(
        Column("name", "Họ và tên"),
        Column("position", "Chức vụ"),
        Column("body", "Cơ quan, bộ phận"),
        Column("body_slug", "Cơ quan, bộ phận (tên trong địa chỉ)"),
        Column("phone", "Điện thoại cơ quan"),
        Column("email", "Thư công vụ"),
        Column("path", "Địa chỉ của trang trên cổng này"),
    ),
    items=lambda: Officer.objects.public().select_related("body"),
    row=_officer,
    filters=(
        Filter("co-quan", "cơ quan, bộ phận, như trong địa chỉ", "body__slug", "slug"),
    ),
)
