"""Draws the demo articles' pictures: flat village scenes, nothing taken from anywhere.

A scene is a function that paints on a `Canvas` in units of one hundredth of the picture's
height (the picture is 160 wide and 100 high, the origin is its upper left corner).
`draw(name)` returns the finished JPEG.
"""

import io
import math
import random
from itertools import groupby

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 160, 100
OUTPUT = (1280, 800)  # pixels
OVERSAMPLING = 2  # drawn larger and shrunk, for smooth edges

SKY_TOP, SKY_LOW = "#bcd9e2", "#fbf1dc"
DUSK_TOP, DUSK_LOW = "#6f86a8", "#f6cf9b"
SUN, GOLD, STRAW = "#f3c14f", "#e0ac35", "#edca72"
LEAF, LEAF_DARK, HILL, HILL_FAR = "#6f9a53", "#4d7a45", "#86a98d", "#a9c3b3"
ROOF, ROOF_DARK, WALL, WALL_SHADE = "#b4533c", "#8f3d2c", "#f8ecd8", "#e6d3b6"
WOOD, EARTH, ROAD, WATER = "#8b5b3e", "#b98d62", "#d8cbb5", "#8cbccb"
RED, BLUE, GREY, INK, WHITE = "#a8322f", "#3f6f9c", "#8b9196", "#33424a", "#fffdf8"


class Canvas:
    """A drawing surface that speaks scene units instead of pixels."""

    def __init__(self):
        self._scale = OUTPUT[0] * OVERSAMPLING / WIDTH
        size = (OUTPUT[0] * OVERSAMPLING, OUTPUT[1] * OVERSAMPLING)
        self._image = Image.new("RGB", size, WHITE)
        self._pen = ImageDraw.Draw(self._image)

    def _pixels(self, points):
        return [(x * self._scale, y * self._scale) for x, y in points]

    def gradient(self, top, low, *, until=HEIGHT):
        """Fill from the upper edge down to `until`, blending `top` into `low`."""
        start, end = _rgb(top), _rgb(low)
        rows = int(until * self._scale)
        for row in range(rows):
            share = row / rows
            colour = tuple(
                round(a + (b - a) * share) for a, b in zip(start, end, strict=True)
            )
            self._pen.line([(0, row), (self._image.width, row)], fill=colour)

    def shape(self, colour, *points):
        self._pen.polygon(self._pixels(points), fill=colour)

    def box(self, colour, left, top, right, bottom, *, radius=0):
        self._pen.rounded_rectangle(
            self._pixels([(left, top), (right, bottom)]),
            radius=radius * self._scale,
            fill=colour,
        )

    def disc(self, colour, x, y, radius):
        corners = [(x - radius, y - radius), (x + radius, y + radius)]
        self._pen.ellipse(self._pixels(corners), fill=colour)

    def line(self, colour, *points, width=0.6):
        self._pen.line(
            self._pixels(points),
            fill=colour,
            width=round(width * self._scale),
            joint="curve",
        )

    def words(self, text, x, y, size, *, colour=INK):
        """Write `text` centred on (x, y), its letters some `size` units high.

        The typeface of the site comes in two files, of which each has half of the letters.
        """
        folder = settings.BASE_DIR / "static/fonts/be-vietnam-pro"
        runs = [
            ("".join(letters), name)
            for name, letters in groupby(
                text, lambda letter: "latin" if ord(letter) < 0x100 else "vietnamese"
            )
        ]
        fonts = {
            name: ImageFont.truetype(
                folder / f"be-vietnam-pro-{name}-600-normal.woff2", size * self._scale
            )
            for _, name in runs
        }
        left = x * self._scale - sum(fonts[name].getlength(run) for run, name in runs) / 2
        for run, name in runs:
            self._pen.text(
                (left, y * self._scale), run, font=fonts[name], fill=colour, anchor="ls"
            )
            left += fonts[name].getlength(run)

    def jpeg(self):
        """Return the picture as JPEG bytes at `OUTPUT` size."""
        buffer = io.BytesIO()
        self._image.resize(OUTPUT, Image.LANCZOS).save(buffer, "JPEG", quality=88)
        return buffer.getvalue()


def _rgb(colour):
    return tuple(int(colour[i : i + 2], 16) for i in (1, 3, 5))


# --- What scenes are made of ------------------------------------------------------


def _landscape(canvas, *, ground=LEAF, horizon=58, sun=(128, 24), dusk=False):
    canvas.gradient(
        DUSK_TOP if dusk else SKY_TOP, DUSK_LOW if dusk else SKY_LOW, until=horizon + 2
    )
    canvas.disc(SUN, *sun, 8)
    _ridge(canvas, HILL_FAR, base=horizon, height=16, waves=2.2, shift=0.4)
    _ridge(canvas, HILL, base=horizon, height=9, waves=3.4, shift=2.0)
    canvas.box(ground, 0, horizon, WIDTH, HEIGHT)


def _ridge(canvas, colour, *, base, height, waves, shift):
    crest = [
        (x, base - height * (0.55 + 0.45 * math.sin(shift + x / WIDTH * waves * math.tau)))
        for x in range(0, WIDTH + 1, 2)
    ]
    canvas.shape(colour, (0, base + 1), *crest, (WIDTH, base + 1))


def _tree(canvas, x, foot, size=1.0):
    canvas.box(WOOD, x - 0.8 * size, foot - 9 * size, x + 0.8 * size, foot)
    canvas.disc(LEAF_DARK, x, foot - 13 * size, 6 * size)
    canvas.disc(LEAF, x - 2 * size, foot - 14.5 * size, 4 * size)


def _house(canvas, left, foot, width, *, height=14, door=True):
    right, top = left + width, foot - height
    canvas.box(WALL, left, top, right, foot)
    canvas.box(WALL_SHADE, right - width * 0.2, top, right, foot)
    canvas.shape(
        ROOF, (left - 3, top), (left + 3, top - 9), (right - 3, top - 9), (right + 3, top)
    )
    canvas.box(ROOF_DARK, left - 3, top - 0.6, right + 3, top + 0.8)
    if door:
        middle = left + width / 2
        canvas.box(WOOD, middle - 3, foot - 9, middle + 3, foot)
    for x in (left + width * 0.16, left + width * 0.72):
        canvas.box(WATER, x, top + 3.5, x + width * 0.12, top + 8)


def _person(canvas, x, foot, colour, size=1.0):
    canvas.disc("#e8b48c", x, foot - 11.4 * size, 1.9 * size)
    canvas.box(
        colour, x - 2 * size, foot - 9.4 * size, x + 2 * size, foot - 3.6 * size, radius=1
    )
    canvas.box(INK, x - 1.5 * size, foot - 3.8 * size, x - 0.2 * size, foot)
    canvas.box(INK, x + 0.2 * size, foot - 3.8 * size, x + 1.5 * size, foot)


def _room(canvas, *, wall="#f4e7cf", floor="#d9b98c", horizon=70):
    canvas.box(wall, 0, 0, WIDTH, horizon)
    canvas.box(floor, 0, horizon, WIDTH, HEIGHT)
    canvas.box(WALL_SHADE, 0, horizon - 1.2, WIDTH, horizon)


def _phone(canvas, screen):
    canvas.gradient("#e9dcc3", "#f8efdf")
    canvas.box("#e3b692", 48, 66, 112, HEIGHT + 10, radius=14)
    canvas.box(INK, 58, 10, 102, 92, radius=5)
    canvas.box(screen, 61, 15, 99, 86, radius=1.5)
    canvas.box("#e3b692", 94, 56, 108, 70, radius=6)
    canvas.box("#e3b692", 94, 72, 107, 86, radius=6)


# --- Scenes ---------------------------------------------------------------------------


def _rice_field(canvas):
    _landscape(canvas, ground=GOLD, sun=(34, 26))
    for index in range(22):
        x = index * WIDTH / 21
        canvas.line(STRAW, (80 + (x - 80) * 0.25, 58), (x * 1.7 - 56, 100), width=1.1)
    for x in (104, 116, 130):
        _person(canvas, x, 80, (RED, BLUE, LEAF_DARK)[x % 3], 1.3)
        canvas.shape(STRAW, (x - 5, 64), (x, 60.5), (x + 5, 64))
    _tree(canvas, 12, 62, 1.1)
    _tree(canvas, 148, 61, 0.9)


def _vegetable_garden(canvas):
    _landscape(canvas, ground=EARTH)
    for row in range(4):
        y = 66 + row * 9
        canvas.box("#8e6a48", 4, y, 112, y + 5, radius=2)
        for x in range(8, 112, 8):
            canvas.disc(LEAF, x, y + 0.5, 2.6 + row * 0.3)
            canvas.disc(LEAF_DARK, x + 1, y + 0.2, 1.2)
    canvas.shape(STRAW, (116, 92), (122, 66), (136, 58), (150, 66), (156, 92))
    canvas.shape(GOLD, (136, 58), (150, 66), (156, 92), (140, 92))


def _home_garden(canvas):
    _landscape(canvas, ground="#b9a77f")
    _house(canvas, 16, 74, 58, height=17)
    _tree(canvas, 92, 76, 1.6)
    for x in (112, 134):
        canvas.box("#a65f3f", x - 8, 68, x + 8, 88, radius=6)
        canvas.box(WOOD, x - 9, 65, x + 9, 68.5, radius=1)


def _village_road(canvas):
    _landscape(canvas)
    canvas.shape(ROAD, (72, 58), (88, 58), (138, 100), (22, 100))
    for side in (-1, 1):
        for step in range(4):
            size = 0.5 + step * 0.42
            _tree(canvas, 80 + side * (13 + step * 17), 60 + step * 9, size)
    for x, foot, colour in ((74, 78, RED), (84, 84, BLUE), (93, 75, GOLD)):
        _person(canvas, x, foot, colour, 1.1)


def _canal(canvas):
    _landscape(canvas, sun=(30, 22))
    canvas.shape(WATER, (92, 58), (104, 58), (160, 92), (160, 100), (70, 100))
    canvas.shape("#b7d6de", (96, 58), (99, 58), (126, 100), (104, 100))
    for step in range(5):
        _tree(canvas, 88 - step * 17, 62 + step * 8, 0.55 + step * 0.27)


def _culture_house(canvas):
    _landscape(canvas, ground="#cdb98f")
    _house(canvas, 40, 78, 80, height=22)
    for x in (52, 66, 94, 108):
        canvas.box(WHITE, x - 1.2, 58, x + 1.2, 78)
    _tree(canvas, 22, 80, 1.5)
    _tree(canvas, 140, 80, 1.6)
    canvas.line(GREY, (30, 84), (30, 36), width=0.8)
    canvas.box(RED, 30.4, 36, 43, 44)


def _health_station(canvas):
    _landscape(canvas, ground="#bcc99a")
    _house(canvas, 44, 78, 72, height=24)
    canvas.box(WHITE, 72, 42, 88, 52, radius=1.5)
    canvas.box(LEAF_DARK, 78.6, 43.5, 81.4, 50.5)
    canvas.box(LEAF_DARK, 76.5, 45.6, 83.5, 48.4)
    for x in (24, 134, 148):
        _tree(canvas, x, 82, 1.3)


def _family_home(canvas):
    _landscape(canvas, ground=LEAF, sun=(40, 28))
    _house(canvas, 66, 76, 56, height=18)
    _tree(canvas, 140, 78, 1.7)
    for x, colour, size in ((34, BLUE, 1.7), (46, RED, 1.6), (40, GOLD, 0.9)):
        _person(canvas, x, 92, colour, size)


def _festival(canvas):
    _landscape(canvas, ground="#d8c08f", dusk=True, sun=(80, 40))
    _house(canvas, 46, 74, 68, height=16)
    canvas.shape(ROOF_DARK, (40, 58), (34, 53), (46, 55))
    canvas.shape(ROOF_DARK, (120, 58), (126, 53), (114, 55))
    for index, x in enumerate(range(8, 160, 18)):
        canvas.line(WOOD, (x, 94), (x, 54), width=0.7)
        colour = (RED, GOLD, BLUE, LEAF_DARK)[index % 4]
        canvas.shape(colour, (x + 0.4, 54), (x + 12, 59), (x + 0.4, 65))
    crowd = random.Random(7)  # noqa: S311 (a drawing, no secret)
    for x in range(14, 150, 9):
        colour = crowd.choice((RED, BLUE, LEAF_DARK, GOLD))
        _person(canvas, x + crowd.random() * 4, 93 + crowd.random() * 4, colour, 1.15)


def _one_stop_shop(canvas):
    _room(canvas)
    canvas.box(RED, 30, 10, 130, 20, radius=1)
    for x in (42, 80, 118):
        canvas.disc("#e8b48c", x, 40, 4.6)
        canvas.box(BLUE, x - 7, 45, x + 7, 62, radius=4)
        canvas.box(INK, x + 8, 44, x + 18, 54, radius=0.8)
    canvas.box(WOOD, 14, 58, 146, 82)
    canvas.box("#a87452", 14, 56, 146, 60, radius=1)
    for x in (42, 80, 118):
        canvas.box(WHITE, x - 6, 52, x + 2, 57)
        canvas.box("#9a6a49", x - 13, 64, x + 13, 78, radius=1)


def _meeting(canvas):
    _room(canvas, horizon=56)
    canvas.box(RED, 44, 6, 116, 36, radius=1)
    canvas.box(GOLD, 56, 16, 104, 19)
    canvas.box(GOLD, 64, 23, 96, 25.5)
    canvas.box(WOOD, 60, 46, 100, 58, radius=1)
    for row in range(3):
        foot = 74 + row * 12
        for index in range(9):
            x = 16 + index * 16 + (row % 2) * 6
            canvas.box(WOOD, x - 5, foot - 4, x + 5, foot + 8, radius=1.5)
            canvas.disc(INK, x, foot - 9, 3.2)
            canvas.box(
                (BLUE, LEAF_DARK, RED)[(index + row) % 3], x - 4.4, foot - 6, x + 4.4, foot
            )


def _bookshelf(canvas):
    _room(canvas, wall="#ece2cf", horizon=84)
    canvas.box(WOOD, 12, 8, 148, 84, radius=1)
    books = random.Random(11)  # noqa: S311 (a drawing, no secret)
    for shelf in range(3):
        floor = 32 + shelf * 25
        canvas.box("#6f4630", 15, floor - 21, 145, floor)
        x = 16.5
        while x < 139:
            width, height = 2.4 + books.random() * 3.2, 12 + books.random() * 7
            colour = books.choice((RED, BLUE, GOLD, LEAF_DARK, WALL_SHADE, ROOF, HILL))
            canvas.box(colour, x, floor - height, x + width, floor)
            x += width + 0.5


def _computer(canvas):
    _room(canvas, wall="#e4ecec", floor="#c99f73", horizon=72)
    canvas.box(INK, 42, 14, 118, 62, radius=2)
    canvas.box("#d7e8ee", 45, 17, 115, 59)
    canvas.box(RED, 45, 17, 115, 23)
    for row in range(4):
        canvas.box(WHITE, 50, 27 + row * 7.5, 84, 32 + row * 7.5, radius=0.8)
    for index, height in enumerate((8, 13, 19, 25)):
        canvas.box(
            (BLUE, LEAF, GOLD, RED)[index], 90 + index * 6, 56 - height, 94 + index * 6, 56
        )
    canvas.box(GREY, 76, 62, 84, 70)
    canvas.box(GREY, 64, 69, 96, 73, radius=1)
    canvas.box(WHITE, 48, 80, 104, 90, radius=2)
    canvas.box(INK, 118, 74, 130, 94, radius=1.6)
    canvas.box(WATER, 119.4, 76.4, 128.6, 91)
    canvas.box(LEAF_DARK, 22, 56, 25, 72)
    canvas.disc(LEAF, 23.5, 52, 8)
    canvas.box(ROOF, 17, 68, 30, 80, radius=2)


def _phone_form(canvas):
    _phone(canvas, WHITE)
    canvas.box(RED, 61, 15, 99, 24, radius=1.5)
    for row in range(4):
        canvas.box("#d9d2c3", 65, 30 + row * 11, 82, 32 + row * 11)
        canvas.box("#f1ece0", 65, 34 + row * 11, 95, 39 + row * 11, radius=1)
    canvas.box(LEAF_DARK, 65, 75, 95, 82, radius=2)


def _phone_warning(canvas):
    _phone(canvas, "#fff3e2")
    canvas.shape(GOLD, (80, 28), (96, 58), (64, 58))
    canvas.box(INK, 78.8, 38, 81.2, 49, radius=1)
    canvas.disc(INK, 80, 53, 1.5)
    canvas.box("#d9d2c3", 66, 66, 94, 69, radius=1)
    canvas.box("#d9d2c3", 70, 73, 90, 76, radius=1)


def _three_bins(canvas):
    _landscape(canvas, ground="#cbb98e")
    _house(canvas, 8, 72, 44, height=15)
    for x, colour in ((72, LEAF_DARK), (101, BLUE), (130, GREY)):
        canvas.shape(colour, (x - 10, 56), (x + 10, 56), (x + 8, 90), (x - 8, 90))
        canvas.box(INK, x - 11.5, 52, x + 11.5, 56.5, radius=1.5)
        canvas.disc(WHITE, x, 72, 5)
        canvas.disc(colour, x, 72, 3)


def _map(canvas):
    canvas.box("#eef3e6", 0, 0, WIDTH, HEIGHT)
    for left, top, right, bottom in ((4, 6, 50, 30), (98, 62, 154, 94), (6, 66, 40, 94)):
        canvas.box("#dfeacb", left, top, right, bottom, radius=3)
    canvas.line(WATER, (0, 54), (30, 51), (64, 55), (110, 52), (160, 55), width=7)
    canvas.words("Sông", 130, 54.4, 3.2)
    for width, colour in ((8.5, "#c9bda5"), (7, WHITE)):
        canvas.line(colour, (0, 82), (160, 70), width=width)
        canvas.line(colour, (72, 0), (72, 77), width=width)
        canvas.line(colour, (72, 22), (160, 16), width=width - 2)
    canvas.box("#8b8377", 66, 49, 78, 60)
    canvas.box(WHITE, 68, 48, 76, 61)
    canvas.words("Đường về thành phố", 26, 81.2, 3.4)
    canvas.words("Đường liên xã", 126, 73.8, 3.4)
    canvas.words("Đường làng", 128, 19.3, 3.2)
    canvas.words("Cầu", 84, 56.3, 3.4)
    for label, x, y, colour in (
        ("Chợ xã", 56, 66, GOLD),
        ("Trạm Y tế", 90, 63, LEAF_DARK),
        ("Trường tiểu học", 118, 30, BLUE),
        ("Nhà văn hóa thôn", 27, 14, LEAF_DARK),
    ):
        canvas.disc(colour, x, y, 2.6)
        canvas.words(label, x, y + 7, 3.4)
    canvas.box(RED, 84, 29, 98, 38, radius=1)
    canvas.shape(ROOF_DARK, (82, 29), (91, 24.6), (100, 29))
    canvas.box(GOLD, 89, 32, 93, 38)
    canvas.line(RED, (74, 33), (84, 33), width=1.2)
    canvas.words("Trụ sở UBND xã", 91, 43.4, 4, colour=RED)
    canvas.line(INK, (150, 90), (150, 80), width=0.9)
    canvas.shape(INK, (150, 77.5), (148, 82), (152, 82))
    canvas.words("Bắc", 150, 95, 3.2)


SCENES = {
    "ban-do": _map,
    "ba-thung-rac": _three_bins,
    "bo-kenh": _canal,
    "dien-thoai": _phone_form,
    "dien-thoai-canh-bao": _phone_warning,
    "duong-lang": _village_road,
    "gia-dinh": _family_home,
    "hoi-lang": _festival,
    "hoi-nghi": _meeting,
    "may-tinh": _computer,
    "mot-cua": _one_stop_shop,
    "nha-van-hoa": _culture_house,
    "ruong-lua": _rice_field,
    "tram-y-te": _health_station,
    "tu-sach": _bookshelf,
    "vuon-nha": _home_garden,
    "vuon-rau": _vegetable_garden,
}


def draw(name):
    """Return the JPEG bytes of the scene `name`, the same bytes every time."""
    canvas = Canvas()
    SCENES[name](canvas)
    return canvas.jpeg()
