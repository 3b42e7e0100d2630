"""A grid's cells, each read: the page made straight cell by cell, its lines removed, each piece given to its cell."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from figurate.figures.reading.cuts import cropped
from figurate.figures.reading.grid import Mesh
from figurate.figures.reading.ink import ink_of
from figurate.figures.reading.judging import Judge, sureness
from figurate.figures.reading.opencv import opencv
from figurate.figures.reading.page import EMPTY, Box, Figure, Grid, Line, around
from figurate.figures.reading.pieces import Piece, find_pieces, ink_in, joined, thresholds
from figurate.figures.reading.rules import Rule, find_rules, remove_rules
from figurate.figures.reading.shapes import scribbled

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]
Map = npt.NDArray[np.float32]

_SIDE = 64  # pixels of a straight cell
_BEYOND = 32  # pixels around the straight grid
# In sides of a cell:
_LOWEST = 0.26  # what is lower is no figure
_THICKEST = 0.3  # what is thicker is no stroke
_CENTRAL = 0.35  # of a figure's ink lies away from the cell's edge
_BESIDE = 0.12  # what is nearer to a figure may be a part of it

_USUAL = 0.7  # what figures are high

_UNSURE, _UNSURE_SCRIBBLE = 0.3, 0.8  # below this it is no figure


def read_cells(picture: Pixels, mesh: Mesh, scale: float, judge: Judge) -> tuple[list[Line], Grid]:
    """The figures in a grid.

    Args:
        picture: (h, w) or (h, w, 3), uint8.
        mesh: The grid on it.
        scale: Pixels of the original to one of this picture.
        judge: The model.

    Returns:
        The rows that have figures as lines, and the grid.
    """
    map_x, map_y = _straight(mesh)
    straight = _sampled(picture, map_x, map_y, mesh)
    ink = ink_of(straight, _THICKEST * _SIDE / min(straight.shape[:2]))
    limits = thresholds(ink)
    ink = _without_lines(ink, mesh, limits.faint)
    limits = thresholds(ink[_BEYOND:-_BEYOND, _BEYOND:-_BEYOND])
    cells: dict[tuple[int, int], list[Piece]] = {}
    for piece in find_pieces(ink, limits, least_area=8):
        for cell, part in _given_out(piece, mesh):
            cells.setdefault(cell, []).append(part)
    choices = [(cell, piece) for cell, pieces in cells.items() for piece in _figures(pieces, cell)]
    probabilities = judge.probabilities([ink_in(ink, piece, limits) for _, piece in choices])
    found: dict[tuple[int, int], Figure] = {}
    surest: dict[tuple[int, int], float] = {}
    for (cell, piece), row, sure in zip(choices, probabilities, sureness(probabilities), strict=True):
        # The first choice has all that may belong to the figure.
        least = _UNSURE_SCRIBBLE if scribbled(piece, _USUAL * _SIDE) else _UNSURE
        if sure >= least and (cell not in found or sure > surest[cell] + 0.2):
            surest[cell] = sure
            box = _place(piece, map_x, map_y, scale)
            found[cell] = Figure(judge.name(int(row.argmax())), float(row.max()), box)
    rows = [tuple(found.get((i, j)) for j in range(mesh.columns)) for i in range(mesh.rows)]
    lines = []
    for i, row_of in enumerate(rows):
        figures = tuple(figure for figure in row_of if figure is not None)
        text = "".join(EMPTY if figure is None else figure.class_ for figure in row_of)
        lines.append(Line(text, _row_box(mesh, i, scale), figures))
    return lines, Grid(tuple(rows), mesh.crossings * scale)


def _straight(mesh: Mesh) -> tuple[Map, Map]:
    """For each pixel of the straight grid where it is on the picture: x and y, both (h, w) float32."""
    down, across = (np.arange(-_BEYOND, n * _SIDE + _BEYOND) / _SIDE for n in (mesh.rows, mesh.columns))
    maps = []
    for axis in range(2):
        known = mesh.crossings[..., axis]
        rows = np.stack([_along(across, known[i]) for i in range(mesh.rows + 1)])
        maps.append(np.stack([_along(down, rows[:, x]) for x in range(rows.shape[1])], axis=1).astype(np.float32))
    return maps[0], maps[1]


def _along(at: Floats, known: Floats) -> Floats:
    """Values between those known at 0, 1, 2 …, continued straight on at both ends."""
    count = len(known) - 1
    inner = np.interp(at, np.arange(count + 1), known)
    inner += np.minimum(at, 0) * (known[1] - known[0]) + np.maximum(at - count, 0) * (known[-1] - known[-2])
    return inner


def _sampled(picture: Pixels, map_x: Map, map_y: Map, mesh: Mesh) -> Pixels:
    """The picture made straight; first made smaller where its cells are much larger than straight ones."""
    cv2 = opencv()
    side = np.sqrt(
        np.linalg.norm(mesh.crossings[0, -1] - mesh.crossings[0, 0])
        / mesh.columns
        * np.linalg.norm(mesh.crossings[-1, 0] - mesh.crossings[0, 0])
        / mesh.rows
    )
    shrink = max(1.0, float(side) / (1.3 * _SIDE))
    if shrink > 1:
        size = (round(picture.shape[1] / shrink), round(picture.shape[0] / shrink))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    straight: Pixels = cv2.remap(
        picture,
        (map_x + 0.5) / np.float32(shrink) - np.float32(0.5),
        (map_y + 0.5) / np.float32(shrink) - np.float32(0.5),
        cv2.INTER_CUBIC if shrink == 1 else cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return straight


def _without_lines(ink: Pixels, mesh: Mesh, faint: float) -> Pixels:
    """The ink of a straight grid without its lines, whose places are known."""
    for count in (mesh.rows, mesh.columns):
        rules = find_rules(ink, faint, shortest=0.3, thickest=0.25 * _SIDE)
        chosen = []
        for number in range(count + 1):
            place = _BEYOND + number * _SIDE
            near = [rule for rule in rules if abs(float(np.median(rule.y)) - place) < 0.15 * _SIDE]
            wide = ink.shape[1]
            chosen += near or [Rule(np.full(wide, float(place)), 0, wide, 2.0)]
        ink = np.ascontiguousarray(remove_rules(ink, chosen, faint).T)
    return ink


def _given_out(piece: Piece, mesh: Mesh) -> list[tuple[tuple[int, int], Piece]]:
    """The cell a piece belongs to; the parts of one that goes over several, each with its cell."""
    rows, columns = np.nonzero(piece.mask)
    rows, columns = rows + piece.top - _BEYOND, columns + piece.left - _BEYOND
    if max(piece.height, piece.width) < 1.25 * _SIDE:
        cell = int(np.median(rows) // _SIDE), int(np.median(columns) // _SIDE)
        return [(cell, piece)] if _within(cell, mesh) else []
    found = []
    for cell in sorted(set(zip((rows // _SIDE).tolist(), (columns // _SIDE).tolist(), strict=True))):
        if not _within(cell, mesh):
            continue
        mask = np.zeros_like(piece.mask)
        top, left = cell[0] * _SIDE + _BEYOND - piece.top, cell[1] * _SIDE + _BEYOND - piece.left
        here = slice(max(0, top), max(0, top + _SIDE)), slice(max(0, left), max(0, left + _SIDE))
        mask[here] = piece.mask[here]
        part = cropped(piece, mask)
        if part.area >= 8:
            found.append((cell, part))
    return found


def _within(cell: tuple[int, int], mesh: Mesh) -> bool:
    return 0 <= cell[0] < mesh.rows and 0 <= cell[1] < mesh.columns


def _figures(pieces: list[Piece], cell: tuple[int, int]) -> list[Piece]:
    """What of a cell's pieces may be its figure: with what lies near it, and alone; nothing in an empty cell."""
    top, left = _BEYOND + cell[0] * _SIDE, _BEYOND + cell[1] * _SIDE
    edge = round(0.16 * _SIDE)

    def central(piece: Piece) -> bool:
        # What is left of a line lies along the cell's edge.
        rows = slice(max(0, top + edge - piece.top), max(0, top + _SIDE - edge - piece.top))
        columns = slice(max(0, left + edge - piece.left), max(0, left + _SIDE - edge - piece.left))
        return int(piece.mask[rows, columns].sum()) >= _CENTRAL * piece.area

    inner = [piece for piece in pieces if central(piece)]
    if not inner:
        return []
    main = max(inner, key=lambda piece: piece.area)
    near = [piece for piece in inner if piece is not main and _apart(piece, main) <= _BESIDE * _SIDE]
    near = [piece for piece in near if piece.area > 0.04 * main.area]
    whole = joined([main, *near])
    if max(whole.height, 0.7 * whole.width) < _LOWEST * _SIDE:
        return []
    return [whole, main] if near and main.height >= _LOWEST * _SIDE else [whole]


def _apart(piece: Piece, other: Piece) -> float:
    across = max(piece.left - other.right, other.left - piece.right, 0)
    down = max(piece.top - other.bottom, other.top - piece.bottom, 0)
    return float(np.hypot(across, down))


def _place(piece: Piece, map_x: Map, map_y: Map, scale: float) -> Box:
    """The box around a piece in the original picture."""
    rows, columns = np.nonzero(piece.mask)
    rows, columns = rows + piece.top, columns + piece.left
    x, y = (map_x[rows, columns] + 0.5) * scale, (map_y[rows, columns] + 0.5) * scale
    left, top = int(np.floor(x.min())), int(np.floor(y.min()))
    return left, top, int(np.ceil(x.max())) - left, int(np.ceil(y.max())) - top


def _row_box(mesh: Mesh, row: int, scale: float) -> Box:
    corners = mesh.crossings[row : row + 2].reshape(-1, 2) * scale
    left, top = np.floor(corners.min(0)).astype(int)
    right, bottom = np.ceil(corners.max(0)).astype(int)
    return around([(int(left), int(top), int(right - left), int(bottom - top))])
