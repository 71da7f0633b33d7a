// Where one picture lies over another that is a part of it, or turned: found from the pixels, in the browser. Joined behind compare.mjs.

/** Width by height of `image` turned by `turn` degrees. */
export const turned = (image, turn) =>
  turn % 180 ? image.naturalHeight / image.naturalWidth : image.naturalWidth / image.naturalHeight

// Below this two small grey pictures are not one: our own choice, between copies (0.8 and more, also stamped ones) and other pictures.
const ALIKE = 0.7

/**
 * Where `right` lies over `left`: the scale and place at which their grey values go together best, first roughly, then finely.
 * `pair.turns` are the turns to try, in degrees. Null where none fits.
 */
export function align(left, right, pair) {
  let best = null
  for (const turn of pair.turns) {
    const rough = search(left, right, { turn, mirrored: pair.mirrored }, 32, scales(0.5, 2, 1.06), null)
    if (rough && (!best || rough.score > best.score)) best = rough
  }
  if (!best) return null
  const fine = search(left, right, best, 96, scales(best.wide / 1.06, best.wide * 1.07, 1.01), best) ?? best
  return fine.score >= ALIKE ? fine : null
}

function scales(from, to, step) {
  const all = []
  for (let scale = from; scale <= to; scale *= step) all.push(scale)
  return all
}

/** The best place of `right` at `width` pixels of `left`; only near `around` where that is given. */
function search(left, right, { turn, mirrored }, width, wides, around) {
  const below = grey(left, width, 0, false)
  let best = null
  for (const wide of wides) {
    const over = grey(right, Math.max(4, Math.round(wide * width)), turn, mirrored)
    const least = 0.6 * Math.min(below.width * below.height, over.width * over.height)
    const [xs, ys] = around ? near(around, below, over) : everywhere(below, over)
    for (let y = ys[0]; y <= ys[1]; y++) for (let x = xs[0]; x <= xs[1]; x++) {
      const score = together(below, over, x, y, least)
      if (best && score <= best.score) continue
      const [centreX, centreY] = [(x + over.width / 2) / below.width, (y + over.height / 2) / below.height]
      best = { score, turn, mirrored, wide: over.width / below.width, x: centreX, y: centreY }
    }
  }
  return best
}

function near(around, below, over) {
  const x = Math.round(around.x * below.width - over.width / 2)
  const y = Math.round(around.y * below.height - over.height / 2)
  return [[x - 3, x + 3], [y - 3, y + 3]]
}

const everywhere = (below, over) => [span(below.width, over.width), span(below.height, over.height)]
const span = (below, over) => [Math.floor(Math.min(0, below - over) - over * 0.2), Math.ceil(Math.max(0, below - over) + over * 0.2)]

/** How well the grey values go together (correlation, -1 to 1) where `over` lies at x, y of `below`; -1 where they share too little. */
function together(below, over, x, y, least) {
  const [left, right] = [Math.max(0, x), Math.min(below.width, x + over.width)]
  const [top, bottom] = [Math.max(0, y), Math.min(below.height, y + over.height)]
  const count = (right - left) * (bottom - top)
  if (right <= left || bottom <= top || count < least) return -1
  let a = 0, b = 0, aa = 0, bb = 0, ab = 0
  for (let row = top; row < bottom; row++) {
    const [here, there] = [row * below.width, (row - y) * over.width - x]
    for (let column = left; column < right; column++) {
      const [p, q] = [below.grey[here + column], over.grey[there + column]]
      a += p; b += q; aa += p * p; bb += q * q; ab += p * q
    }
  }
  const spread = (aa - a * a / count) * (bb - b * b / count)
  return spread > 0 ? (ab - a * b / count) / Math.sqrt(spread) : -1
}

function grey(image, width, turn, mirrored) {
  const height = Math.max(1, Math.round(width / turned(image, turn)))
  const canvas = new OffscreenCanvas(width, height)
  const pen = canvas.getContext('2d', { willReadFrequently: true })
  pen.imageSmoothingQuality = 'high'
  pen.translate(width / 2, height / 2)
  pen.rotate(turn * Math.PI / 180)
  pen.scale(mirrored ? -1 : 1, 1)
  const [wide, high] = turn % 180 ? [height, width] : [width, height]
  pen.drawImage(image, -wide / 2, -high / 2, wide, high)
  const { data } = pen.getImageData(0, 0, width, height)
  const values = new Float32Array(width * height)
  for (let index = 0; index < values.length; index++)
    values[index] = 0.299 * data[4 * index] + 0.587 * data[4 * index + 1] + 0.114 * data[4 * index + 2]
  return { width, height, grey: values }
}
