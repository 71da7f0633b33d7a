// Lines of the map as a screen needs them: only the points that it can tell apart, only the parts that it shows.

const FINEST_PX = 1.5;

/** The path of *lines* (of points in the square of projection.mjs) on the screen of *view*, whole: what is filled. */
export function wholePath(lines, view) {
  return pathOf(lines.map((line) => thinned(line, view)));
}

/** The path of the parts of *lines* that *view* shows: what is drawn as a line. */
export function shownPath(lines, view) {
  return pathOf(lines.flatMap((line) => shownRuns(thinned(line, view), view)));
}

function pathOf(lines) {
  const path = new Path2D();
  for (const line of lines) line.forEach((point, at) => (at ? path.lineTo(...point) : path.moveTo(...point)));
  return path;
}

function thinned(line, view) {
  const kept = [];
  line.forEach((place, at) => {
    const point = view.screen(...place);
    const last = kept.at(-1);
    const isNear = last && Math.abs(point[0] - last[0]) + Math.abs(point[1] - last[1]) < FINEST_PX;
    if (!isNear || at === line.length - 1) kept.push(point);
  });
  return kept;
}

function shownRuns(points, { width, height }) {
  const runs = [];
  let run = null;
  points.slice(1).forEach((to, at) => {
    const from = points[at];
    if (misses(from[0], to[0], width) || misses(from[1], to[1], height)) {
      run = null;
      return;
    }
    if (!run) runs.push((run = [from]));
    run.push(to);
  });
  return runs;
}

// With a margin for the width of what is drawn.
const misses = (from, to, most) => (from < -8 && to < -8) || (from > most + 8 && to > most + 8);

/** How far *point* is from the segment between *a* and *b*, all on the screen. */
export function farFromSegment(a, b, point) {
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  const along = ((point[0] - a[0]) * dx + (point[1] - a[1]) * dy) / (dx * dx + dy * dy || 1);
  const part = Math.min(Math.max(along, 0), 1);
  return Math.hypot(a[0] + part * dx - point[0], a[1] + part * dy - point[1]);
}
