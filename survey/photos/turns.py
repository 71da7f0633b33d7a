"""The eight EXIF orientations."""

from PIL import Image

_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_270, 7: Image.Transpose.TRANSVERSE, 8: Image.Transpose.ROTATE_90,
}  # fmt: skip
_SIDEWAYS = 5  # from this orientation on width and height change places


def turned(image: Image.Image, orientation: int | None) -> Image.Image:
    """*image* upright, as *orientation* asks; itself where that is 1, None or no orientation."""
    turn = _TURNS.get(orientation or 1)
    return image if turn is None else image.transpose(turn)


def upright_size(size: tuple[int, int], orientation: int | None) -> tuple[int, int]:
    """Width and height after `turned`."""
    width, height = size
    return (height, width) if (orientation or 1) >= _SIDEWAYS else (width, height)
