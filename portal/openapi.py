"""The OpenAPI 3.1 document of the open data, made from their descriptions."""

from portal.open_data import LICENCE, LICENCE_URL, all_datasets, all_records
from portal.paging import PARAMETER

__all__ = ["LARGEST_SIZE", "PAGING", "SIZE", "USUAL_SIZE", "document"]

SIZE = "so-dong"
USUAL_SIZE, LARGEST_SIZE = 100, 500  # items a page

# The parameters that every list has: key, meaning, JSON Schema.
PAGING = (
    (PARAMETER, "Trang thứ mấy; trang đầu là 1", {"type": "integer", "minimum": 1}),
    (
        SIZE,
        f"Số mục trên một trang, nhiều nhất {LARGEST_SIZE}",
        {
            "type": "integer",
            "minimum": 1,
            "maximum": LARGEST_SIZE,
            "default": USUAL_SIZE,
        },
    ),
)

_TYPES = {
    "text": {"type": ["string", "null"]},
    "integer": {"type": ["integer", "null"]},
    "decimal": {"type": ["number", "null"]},
    "date": {"type": ["string", "null"], "format": "date"},
    "datetime": {"type": ["string", "null"], "format": "date-time"},
}
_TEXT = {"type": "string"}
_LINK = {"type": ["string", "null"], "format": "uri"}
_COUNT = {"type": "integer", "minimum": 0}
_TERMS = {"licence": _TEXT, "licence_url": _TEXT, "attribution": _TEXT}


def document(*, site, unit):
    """Return the document of the site at `site` ("https://…"), run by `unit`."""
    paths, schemas = {}, {"Error": _record({"status": _COUNT, "message": _TEXT})}
    for dataset in all_datasets():
        name = dataset.name
        schemas[f"{name}-dong"] = _record(_columns(dataset.columns))
        paths[f"/api/{name}.json"] = _operation(
            dataset.title, _list_of(_reference(f"{name}-dong")), _list_parameters(dataset)
        )
        paths[f"/api/{name}.csv"] = _operation(
            f"{dataset.title} (CSV)", _TEXT, _filters(dataset), media_type="text/csv"
        )
        if dataset.key:
            schemas[name] = _record(_whole(dataset))
            paths[f"/api/{name}/{{{dataset.key.column}}}.json"] = _operation(
                f"{dataset.title}: một mục",
                _record(_TERMS | {"item": _reference(name)}),
                [
                    _parameter(
                        dataset.key.column, "Mã của mục", _pattern(dataset.key.pattern)
                    )
                ],
                errors=("404", "410", "429"),
            )
    for record in all_records():
        schemas[record.name] = _record(_columns(record.columns))
        paths[f"/api/{record.name}/"] = _operation(
            record.title,
            _record(_TERMS | {"title": _TEXT, "item": _reference(record.name)}),
            [],
            errors=("429", "503"),
        )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Dữ liệu mở của {unit}",
            "version": "1.0.0",
            "description": "Chỉ đọc. Phiên bản 1 chỉ thêm dữ liệu mới, không bỏ hay đổi tên.",
            "license": {"name": LICENCE, "url": LICENCE_URL},
        },
        "servers": [{"url": site}],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _operation(
    summary,
    schema,
    parameters,
    *,
    media_type="application/json",
    errors=("400", "404", "429"),
):
    failed = {"application/json": {"schema": _reference("Error")}}
    return {
        "get": {
            "summary": summary,
            "parameters": parameters,
            "responses": {
                "200": {
                    "description": "Dữ liệu",
                    "content": {media_type: {"schema": schema}},
                },
                "304": {"description": "Không có gì thay đổi"},
                **{
                    status: {"description": _ERRORS[status], "content": failed}
                    for status in errors
                },
            },
        }
    }


_ERRORS = {
    "400": "Tham số có giá trị không hợp lệ",
    "404": "Không có dữ liệu ở địa chỉ này",
    "410": "Dữ liệu đã được gỡ, kèm lý do",
    "429": "Hỏi quá nhanh; xem Retry-After",
    "503": "Chưa đọc được số liệu; xem Retry-After",
}


def _list_of(row):
    return _record(
        _TERMS
        | {"title": _TEXT, "total": _COUNT, "page": _COUNT, "pages": _COUNT}
        | {"next": _LINK, "previous": _LINK, "items": {"type": "array", "items": row}}
    )


def _list_parameters(dataset):
    paging = [
        _parameter(key, meaning, schema, place="query") for key, meaning, schema in PAGING
    ]
    return _filters(dataset) + paging


def _filters(dataset):
    return [
        _parameter(
            each.key,
            each.label,
            _TEXT | {"enum": list(each.choices)}
            if each.choices
            else _pattern(each.pattern),
            place="query",
        )
        for each in dataset.filters
    ]


def _parameter(key, meaning, schema, *, place="path"):
    return {
        "name": key,
        "in": place,
        "required": place == "path",
        "description": meaning,
        "schema": schema,
    }


def _pattern(pattern):
    return _TEXT | {"pattern": f"^(?:{pattern})$"}


def _whole(dataset):
    parts = {
        part.key: {
            "type": "array",
            "description": part.label,
            "items": _record(_columns(part.columns)),
        }
        for part in dataset.parts
    }
    return _columns(dataset.columns + dataset.extra) | parts


def _columns(columns):
    return {c.key: _TYPES[c.kind] | {"description": c.label} for c in columns}


def _record(properties):
    # Not closed to other properties: version 1 promises that more may come.
    return {"type": "object", "properties": properties, "required": list(properties)}


def _reference(name):
    return {"$ref": f"#/components/schemas/{name}"}
