// Two pictures beside or over each other on the review page: cards, and a dialog with a handle.
// survey/web/review_compare_widget.py mounts it with compare_align.mjs joined behind it, from which `align` and `turned` come.

const make = (tag, className, words) => {
  const element = document.createElement(tag)
  if (className) element.className = className
  if (words) element.textContent = words
  return element
}

/** Draws the cards of `data` and lets each open the dialog; called by Streamlit at every run of the page's script. */
export default function ({ data, parentElement }) {
  const find = selector => parentElement.querySelector(selector)
  const key = JSON.stringify(data)
  const cards = find('.cards')
  if (parentElement.drawn === key && cards.childElementCount) return
  parentElement.drawn = key
  const { pairs, words } = data
  const viewer = new Viewer(find('dialog'), words)
  const first = pairs.filter(pair => !pair.more)
  const more = pairs.filter(pair => pair.more)
  cards.replaceChildren(...first.map(pair => card(pair, words, viewer)))
  if (more.length) {
    const rest = make('details', 'more')
    const grid = make('div', 'cards')
    grid.append(...more.map(pair => card(pair, words, viewer)))
    rest.append(make('summary', '', words.more), grid)
    cards.append(rest)
  }
}

/** One pair on the page: both pictures small, what is known of each, and the way to the large view. */
function card(pair, words, viewer) {
  const box = make('section', 'card ' + pair.weight)
  box.append(make('h4', '', pair.title))
  if (pair.about) box.append(make('p', 'subject', pair.about))
  for (const line of pair.lines) box.append(make('p', '', line))
  const both = make('div', 'both')
  both.append(half(pair.left, () => viewer.open(pair)), half(pair.right, () => viewer.open(pair)))
  box.append(both)
  const ways = make('div', 'ways')
  if (comparable(pair)) {
    const button = make('button', 'compare', words.compare)
    button.type = 'button'
    button.onclick = () => viewer.open(pair)
    ways.append(button)
  }
  for (const side of [pair.left, pair.right]) if (side.link) ways.append(link(side))
  box.append(ways)
  return box
}

const comparable = pair => Boolean(pair.left.picture && pair.right.picture)

function link(side) {
  const away = make('a', 'go', side.link_words)
  away.href = side.link
  away.target = '_self'
  return away
}

function half(side, open) {
  const box = make('div', 'half')
  if (side.picture) {
    const image = make('img')
    image.loading = 'lazy'
    image.alt = side.title
    image.src = side.picture + '/thumb'
    image.onclick = open
    box.append(image)
  } else box.append(make('div', 'absent', side.absent))
  box.append(badges(side))
  for (const [, value] of side.rows.slice(0, side.brief)) box.append(make('span', 'fact', value))
  return box
}

function badges(side) {
  const line = make('span', 'badges')
  line.append(make('b', '', side.badge))
  if (side.first) line.append(make('em', '', side.first))
  return line
}

/** The large view: the left picture lies over the right one up to the handle, or both stand side by side. */
class Viewer {
  #dialog
  #words
  #pair = null
  #at = 50
  #laid = ''
  #trouble = ''
  #part

  constructor(dialog, words) {
    this.#dialog = dialog
    this.#words = words
    this.#part = name => dialog.querySelector('.' + name)
    if (dialog.open) dialog.close()
    const frame = this.#part('frame')
    const handle = this.#part('handle')
    this.#part('close').setAttribute('aria-label', words.close)
    this.#part('close').onclick = () => dialog.close()
    this.#part('modes').setAttribute('aria-label', words.view)
    for (const mode of ['over', 'beside']) {
      this.#part('to-' + mode).textContent = words[mode]
      this.#part('to-' + mode).onclick = () => this.#show(mode)
    }
    handle.setAttribute('aria-label', words.handle)
    frame.onpointerdown = event => this.#grab(event)
    frame.onpointermove = event => frame.hasPointerCapture(event.pointerId) && this.#follow(event)
    frame.onpointerup = event => frame.releasePointerCapture(event.pointerId)
    // While two pictures are compared the keys are theirs: the page must not take them for the next submission or a decision.
    dialog.onkeydown = event => this.#key(event)
  }

  /** Opens `pair` with the handle in the middle. */
  open(pair) {
    if (!comparable(pair)) return
    this.#pair = pair
    this.#part('title').textContent = [pair.title, pair.about].filter(Boolean).join(' · ')
    for (const name of ['left', 'right']) {
      const side = pair[name]
      const images = this.#dialog.querySelectorAll(`img.${name}`)
      for (const image of images) {
        image.src = side.picture + '/preview'
        image.alt = `${side.badge}: ${side.title}`
        image.onerror = () => { this.#trouble = this.#words.failed; this.#note() }
      }
      this.#part('tag-' + name).textContent = side.badge
      this.#part('caption-' + name).replaceChildren(badges(side))
    }
    this.#part('table').replaceChildren(...table(pair))
    this.#part('links').replaceChildren(...[pair.left, pair.right].filter(side => side.link).map(link))
    this.#laid = this.#trouble = ''
    this.#move(50)
    this.#show('over')
    this.#dialog.showModal()
    this.#part('handle').focus()
    this.#lay(pair)
  }

  #note() {
    // Side by side both are shown as they are.
    const laid = this.#dialog.dataset.mode === 'over' ? this.#laid : ''
    this.#part('note').textContent = [...this.#pair.lines, laid, this.#trouble].filter(Boolean).join(' ')
  }

  #show(mode) {
    this.#dialog.dataset.mode = mode
    for (const name of ['over', 'beside']) this.#part('to-' + name).setAttribute('aria-pressed', String(name === mode))
    if (this.#pair) this.#note()
  }

  #grab(event) {
    if (event.button) return
    this.#part('frame').setPointerCapture(event.pointerId)
    this.#part('handle').focus({ preventScroll: true })
    this.#follow(event)
    event.preventDefault()
  }

  #follow(event) {
    const box = this.#part('frame').getBoundingClientRect()
    this.#move((event.clientX - box.left) / box.width * 100)
  }

  #key(event) {
    event.stopPropagation()
    const steps = { ArrowLeft: -2, ArrowDown: -2, ArrowRight: 2, ArrowUp: 2, PageDown: -10, PageUp: 10, Home: -100, End: 100 }
    const step = steps[event.key]
    const scrolls = event.target !== this.#part('handle') && !event.key.match(/Left|Right/)
    if (!step || scrolls || this.#dialog.dataset.mode !== 'over') return
    event.preventDefault()
    this.#move(this.#at + step)
  }

  #move(at) {
    this.#at = Math.min(100, Math.max(0, at))
    const handle = this.#part('handle')
    this.#part('frame').style.setProperty('--at', this.#at + '%')
    handle.setAttribute('aria-valuenow', String(Math.round(this.#at)))
    if (this.#pair) handle.setAttribute('aria-valuetext', `${Math.round(this.#at)} % ${this.#pair.left.badge}`)
  }

  /** Puts the right picture where it lies over the left one: turned or mirrored as was found, enlarged and moved as fits best. */
  async #lay(pair) {
    const left = this.#part('frame').querySelector('img.left')
    const right = this.#part('frame').querySelector('img.right')
    try { await Promise.all([left.decode(), right.decode()]) } catch { return }
    if (this.#pair !== pair) return
    const ratio = left.naturalWidth / left.naturalHeight
    this.#part('frame').style.setProperty('--ratio', String(ratio))
    const found = pair.turns ? align(left, right, pair) : null
    const place = found ?? { ...contain(ratio, right, 0), turn: 0, mirrored: false }
    put(right, place, ratio)
    this.#laid = pair.turns ? laid(found, this.#words) : ''
    this.#note()
  }
}

/** What was done to the right picture, in words. */
function laid(found, words) {
  if (!found) return words.apart
  const done = [found.mirrored && words.mirrored, found.turn && words.turned, Math.abs(found.wide - 1) > 0.03 && words.sized]
  const said = done.filter(Boolean)
  return said.length ? `${words.laid} ${said.join(', ')}.` : ''
}

function table(pair) {
  const rows = [badges(pair.left), badges(pair.right)]
  pair.left.rows.forEach(([label, value], index) => {
    const other = pair.right.rows[index]?.[1] ?? ''
    rows.push(make('div', 'label', label), make('div', 'value', value || '–'), make('div', 'value', other || '–'))
  })
  return rows
}

/** Width and centre, in widths and heights of a frame of `ratio`, of `image` turned by `turn` and shown whole. */
function contain(ratio, image, turn) {
  const own = turned(image, turn)
  return { wide: Math.min(1, own / ratio), x: 0.5, y: 0.5 }
}

function put(image, { wide, x, y, turn, mirrored }, ratio) {
  const shown = turned(image, turn)
  const high = wide * ratio / shown // in heights of the frame
  const [width, height] = turn % 180 ? [high / ratio, wide * ratio] : [wide, high]
  Object.assign(image.style, {
    left: x * 100 + '%', top: y * 100 + '%', width: width * 100 + '%', height: height * 100 + '%',
    transform: `translate(-50%, -50%) rotate(${turn}deg) scaleX(${mirrored ? -1 : 1})`,
  })
}
